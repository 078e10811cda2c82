// SPDX-License-Identifier: ISC
#include "auth/password.h"

#include <ostream>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using base::Errc;

const std::string blowfish =
    "$2b$04$KBCwKxOzLha2MUDgW0PjXe/hE/UCO9qF89dOydoHjSwxcHev5LRn.";
constexpr std::string_view yescrypt =
    "$y$j75$k2XAnEHBqQ1Ct2aMXFKNa/HAmA1BpMnBsYHMWB4NZN4$"
    "HDtJcZhEDN4lYyPsFs6qifx7sabk8w1.1PAkGR8ixD6";

} // namespace

BOOST_AUTO_TEST_SUITE(password)

/// Each stands for "secret".
const std::string stored[] = {
    "{PLAIN}secret",
    "{plain}secret",
    "{CLEARTEXT}secret",
    "{BLF-CRYPT}" + blowfish,
    "{CRYPT}" + blowfish,
    blowfish,
    "{SHA256-CRYPT}$5$rounds=1000$k2XAnEHBqQ1Ct2aM$"
    "jgOl0V/Vic8BJZ4wBDLE5hPwrxO8FWvvQqq4b1wm6k0",
    "{SHA512-CRYPT}$6$rounds=1000$k2XAnEHBqQ1Ct2aM$Kusx4StgTAJKgtQ8A1Ud4OEtpvLZ/2wzq/"
    "Tix/qeeqdrvuTHgR6KFuCyOP4TNp5lvuV.tmBxpDTp10bqrWJyv1",
    "{CRYPT}" + std::string(yescrypt),
    std::string(yescrypt),
    "{MD5-CRYPT}$1$k2XAnEHB$rbDfQq368qWY4bas.D3Ac0",
};

BOOST_DATA_TEST_CASE(lets_in_with_the_right_one_only, stored)
{
    BOOST_TEST(auth::check_stored(sample).has_value());
    BOOST_TEST(auth::verify(sample, "secret"));
    for (const std::string_view given :
         {std::string_view(""), std::string_view("Secret"), std::string_view("secre"),
          std::string_view("secret "), std::string_view("secret\0", 7),
          std::string_view("secret\0x", 8), std::string_view(sample)})
        BOOST_TEST(!auth::verify(sample, given), given);
}

/// Nobody gets in by these, whatever he says.
const std::string_view useless[] = {"",
                                    "{PLAIN}",
                                    "{CRYPT}",
                                    "{CRYPT}*",
                                    "{CRYPT}!",
                                    "*",
                                    "!",
                                    "!x",
                                    "{SSHA}x",
                                    "{NONE}secret",
                                    "{}secret",
                                    "{PLAIN secret",
                                    "{CRYPT}$9$unknown$",
                                    "$2b$04$tooshort",
                                    "{PLAIN.b64}c2VjcmV0",
                                    "*0",
                                    "*1"};

BOOST_DATA_TEST_CASE(lets_nobody_in, useless)
{
    for (const std::string_view given : {"", "secret", "*", "!", "*0", "*1", "x"})
        BOOST_TEST(!auth::verify(sample, given), given);
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_a_stored_one_and_shows_no_hash)
{
    BOOST_TEST((auth::check_stored("{SSHA}abc").error().code == Errc::Unsupported));
    BOOST_TEST(auth::check_stored("{SSHA}abc").error().text ==
               "no such password scheme: SSHA");
    BOOST_TEST((auth::check_stored("").error().code == Errc::Syntax));
    BOOST_TEST((auth::check_stored("{PLAIN}").error().code == Errc::Syntax));
    BOOST_TEST((auth::check_stored("*").error().code == Errc::Syntax));
    const auto unknown = auth::check_stored("{CRYPT}$9$hush$");
    BOOST_TEST((unknown.error().code == Errc::Unsupported));
    BOOST_TEST(unknown.error().text.find("hush") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(passwords_have_a_bound)
{
    const std::string longest(auth::max_password, 'p');
    BOOST_TEST(auth::verify("{PLAIN}" + longest, longest));
    BOOST_TEST(!auth::verify("{PLAIN}" + longest + "p", longest + "p"));
}

BOOST_AUTO_TEST_CASE(in_vain_takes_any_decoy)
{
    auth::verify_in_vain({}, "secret");
    auth::verify_in_vain("{SSHA}nothing", "secret");
    auth::verify_in_vain(blowfish, "secret");
}

BOOST_AUTO_TEST_SUITE_END()
