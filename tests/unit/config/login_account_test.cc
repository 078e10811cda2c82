// SPDX-License-Identifier: ISC
#include "config/login_account.h"

#include <boost/test/unit_test.hpp>

using base::Errc;
using config::login_account;
using config::Settings;

BOOST_AUTO_TEST_SUITE(login_accounts)

BOOST_AUTO_TEST_CASE(the_default_is_there_or_has_one_that_stands_in_for_it)
{
    const auto account = login_account(Settings());
    BOOST_REQUIRE(account.has_value());
    BOOST_TEST(account->uid != 0u);
}

BOOST_AUTO_TEST_CASE(root_and_nobody_we_know_are_refused)
{
    Settings settings;
    settings.login.user = "root";
    BOOST_TEST((login_account(settings).error().code == Errc::Cannot));
    settings.login.user = "no-such-user";
    BOOST_TEST((login_account(settings).error().code == Errc::NotFound));
    BOOST_TEST(login_account(settings).error().text ==
               "[login] user: no account 'no-such-user'");
}

BOOST_AUTO_TEST_SUITE_END()
