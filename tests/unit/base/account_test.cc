// SPDX-License-Identifier: ISC
#include "base/account.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(account)

using base::Errc;

BOOST_AUTO_TEST_CASE(root_is_everywhere)
{
    const auto named = base::account_named("root");
    BOOST_REQUIRE(named.has_value());
    BOOST_TEST(named->uid == 0U);
    BOOST_TEST(named->gid == 0U);
    BOOST_TEST(named->home.starts_with('/'));
    BOOST_TEST(base::account_of(0)->name == "root");
    BOOST_TEST(base::group_named("root").value() == 0U);
}

BOOST_AUTO_TEST_CASE(somebody_unknown_is_not_a_failure_of_the_system)
{
    const auto named = base::account_named("nobody-at-all");
    BOOST_REQUIRE(!named);
    BOOST_TEST((named.error().code == Errc::NotFound));
    BOOST_TEST(named.error().text == "no such user: nobody-at-all");
    BOOST_TEST((base::account_of(3999999999U).error().code == Errc::NotFound));
    BOOST_TEST((base::group_named("nobody-at-all").error().code == Errc::NotFound));
    BOOST_TEST((base::account_named("").error().code == Errc::NotFound));
}

BOOST_AUTO_TEST_SUITE_END()
