// SPDX-License-Identifier: ISC
#include "auth/password_source.h"

#include <boost/test/unit_test.hpp>

#include "auth/users_file.h"

namespace {

using auth::PasswdFileSource;
using base::Errc;

} // namespace

BOOST_AUTO_TEST_SUITE(password_source)

BOOST_AUTO_TEST_CASE(a_passwd_file_knows_who_may_log_in)
{
    const UsersFile users("ann:{PLAIN}secret\nbad\nout:{PLAIN}secret::::::nologin\n"
                          "eve:{SSHA}x\n");
    const PasswdFileSource source(users.settings.auth.passwd_file);
    BOOST_TEST(source.check("ann", "secret")->user == "ann");
    BOOST_TEST((source.check("ann", "wrong").error().code == Errc::Refused));
    BOOST_TEST((source.check("ann", "").error().code == Errc::Refused));
    BOOST_TEST((source.check("out", "secret").error().code == Errc::Refused));
    BOOST_TEST((source.check("bob", "secret").error().code == Errc::NotFound));
    BOOST_TEST((source.check("eve", "x").error().code == Errc::Unsupported));
    BOOST_TEST(source.find("out")->user == "out"); // mail may still be delivered
    BOOST_TEST((source.find("bob").error().code == Errc::NotFound));
    BOOST_TEST(source.complaints().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_a_complaint)
{
    const PasswdFileSource source("/nowhere/users");
    BOOST_TEST(source.complaints().size() == 1U);
    BOOST_TEST((source.check("ann", "secret").error().code == Errc::Io));
    BOOST_TEST((source.find("ann").error().code == Errc::NotFound));
}

BOOST_AUTO_TEST_SUITE_END()
