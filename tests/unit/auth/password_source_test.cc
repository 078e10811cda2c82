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
    const PasswdFileSource source(users.settings.auth.passwd_file,
                                  config::WeakSchemes::Refused);
    BOOST_TEST(source.check("ann", "secret", {})->user == "ann");
    BOOST_TEST((source.check("ann", "wrong", {}).error().code == Errc::Refused));
    BOOST_TEST((source.check("ann", "", {}).error().code == Errc::Refused));
    BOOST_TEST((source.check("out", "secret", {}).error().code == Errc::Refused));
    BOOST_TEST((source.check("bob", "secret", {}).error().code == Errc::NotFound));
    BOOST_TEST((source.check("eve", "x", {}).error().code == Errc::Cannot));
    BOOST_TEST(source.complaints().size() == 2U);
}

BOOST_AUTO_TEST_CASE(application_passwords_count_within_their_limits)
{
    const UsersFile users("ann:{PLAIN}own::::::\n"
                          ":ann:phone:{PLAIN}first:allow_nets=192.0.2.0/24\n"
                          ":ann:relay:{PLAIN}second:protocols=smtp\n"
                          "eve:!::::::\n"
                          ":eve:only:{PLAIN}third\n"
                          "out:{PLAIN}own::::::nologin\n"
                          ":out:phone:{PLAIN}first\n");
    const PasswdFileSource source(users.settings.auth.passwd_file,
                                  config::WeakSchemes::Refused);
    const auth::Circumstances near = {"192.0.2.1", "imap", {}};
    const auth::Circumstances far = {"203.0.113.1", "imap", {}};
    const auth::Circumstances sending = {"203.0.113.1", "smtp", {}};
    BOOST_TEST(source.check("ann", "own", far)->label.empty());
    BOOST_TEST(source.check("ann", "first", near)->label == "phone");
    BOOST_TEST(!source.check("ann", "first", far));
    BOOST_TEST(!source.check("ann", "second", far));
    BOOST_TEST(source.check("ann", "second", sending)->label == "relay");
    BOOST_TEST(!source.check("ann", "third", near));
    BOOST_TEST(source.check("eve", "third", far)->user == "eve");
    BOOST_TEST(!source.check("eve", "!", far));
    BOOST_TEST(!source.check("out", "first", far));
}

BOOST_AUTO_TEST_CASE(weak_schemes_count_only_where_they_are_allowed)
{
    const UsersFile users("ann:{MD5-CRYPT}$1$k2XAnEHB$rbDfQq368qWY4bas.D3Ac0\n");
    const std::string& path = users.settings.auth.passwd_file;
    const PasswdFileSource refusing(path, config::WeakSchemes::Refused);
    BOOST_TEST((refusing.check("ann", "secret", {}).error().code == Errc::Refused));
    const PasswdFileSource allowing(path, config::WeakSchemes::Allowed);
    BOOST_TEST(allowing.check("ann", "secret", {}).has_value());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_a_complaint)
{
    const PasswdFileSource source("/nowhere/users", config::WeakSchemes::Refused);
    BOOST_TEST(source.complaints().size() == 1U);
    BOOST_TEST((source.check("ann", "secret", {}).error().code == Errc::Io));
}

BOOST_AUTO_TEST_SUITE_END()
