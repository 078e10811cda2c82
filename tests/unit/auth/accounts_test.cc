// SPDX-License-Identifier: ISC
#include "auth/accounts.h"

#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "auth/users_file.h"

namespace {

using auth::Accounts;
using base::Errc;

} // namespace

BOOST_AUTO_TEST_SUITE(accounts)

// What an entry means is tested in authenticator_test.cc, with the passwords.

BOOST_AUTO_TEST_CASE(mail_comes_for_those_who_may_not_log_in)
{
    const std::string owner = ::geteuid() == 0 ? "54321:54322" : ":";
    const UsersFile users("out:{PLAIN}x:" + owner + "::/home/out::nologin\n" +
                          "shut:!:" + owner + "::/home/shut::\n" + "far:{PLAIN}x:" +
                          owner + "::/home/far::allow_nets=192.0.2.0/24\n");
    const Accounts accounts(users.settings);
    for (const char* const user : {"out", "shut", "far"}) {
        const auto identity = accounts.identify(user);
        BOOST_REQUIRE(identity.has_value());
        BOOST_TEST(identity->mail == std::string("/home/") + user + "/Maildir");
        BOOST_TEST(identity->label.empty());
    }
}

BOOST_AUTO_TEST_CASE(says_who_is_nobody)
{
    UsersFile users("ann:{PLAIN}x\neve:{SSHA}x\n");
    const Accounts accounts(users.settings);
    BOOST_TEST((accounts.identify("bob").error().code == Errc::NotFound));
    BOOST_TEST((accounts.identify("../ann").error().code == Errc::Refused));
    BOOST_TEST((accounts.identify("eve").error().code == Errc::Syntax));
    config::Settings none;
    none.auth.passwd_file.clear();
    BOOST_TEST((Accounts(none).identify("ann").error().code == Errc::NotFound));
}

BOOST_AUTO_TEST_SUITE_END()
