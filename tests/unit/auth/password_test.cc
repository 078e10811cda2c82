// SPDX-License-Identifier: ISC
#include "auth/password.h"

#include <ostream>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "base/random.h"
#include "text/base64.h"

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
    // As `doveadm pw` of Dovecot 2.3.19 has made them.
    "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
    "{SHA.HEX}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4",
    "{SHA1}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4",
    "{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=",
    "{SHA512}vSsar3708Jvp9Szi2NWZZ02Bqp1qRCFpbcTZPdBhnWgs5WtNZKnvCXdhztmeD2cmW192CF5bD"
    "ufKRpayrW/isg==",
    "{SSHA}YH5MdIJB/MM69ERBx/YwTVzRMUcWjIr6",
    "{SSHA256}G9K62DoaCqXp81N2XuLiE+j8H613aav8yiOvNOKgYe7JHSHT",
    "{SSHA256.HEX}"
    "a4b3fb5d40e868d7d64f02fbac99fa0da876f3935a10c594e778ea763f1ab2870d383ae4",
    "{SSHA512}a2uWyh4f0AaKtrb6rWcXmNSXCw3zsl8/BfZ1z9wxz4VtQQ7SzywSKF7gxG0FuqkQUvNMgF8n"
    "VgVhxbf+kyJ/cNX1kpU=",
    "{SCRAM-SHA-256}4096,DTBYsgfA2QdYIswGmAOCFg==,QlTLfw1HBoRhAKOkr3uVCgQVcyXiO9FOHL/"
    "e6oEkm8g=,A3A9IAYJ0AVZIy1PnAa1t0/2OMZQUEv/vgjNT/hDxB0=",
    "{SCRAM-SHA-1}4096,ct/5TQsA4ni/lGQsF90cmg==,Y2z3gGhxBLjmJQXBYVULnchc/j4=,"
    "kVuabKgsP4cG1vrHoorWe6EGLHw=",
    "{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$vRM+10ZJ4gkVLktFm4hzGA$"
    "GfXOua3NmIgHPZH84UeDFHUjgfelW7Vo6k+FYStAdZY",
    "{ARGON2I}$argon2i$v=19$m=32768,t=4,p=1$KyUzHe5ZXRlRWzs462p4pA$"
    "tibDQvKAiyyb0+bOGWm2nSST/CXEZQsGIsk6/mpx2DY",
    "{PLAIN.B64}c2VjcmV0",
    "{PLAIN.HEX}736563726574",
    "{SHA256-CRYPT.B64}JDUkWjZ2YjdKWllEVmRJRHdoMSRTeGJmVmRUWDlDUS4zaUliNWpIQzFQSWwwYjF"
    "HLjQvMFNSdXFxQWx3U20v",
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
                                    "*0",
                                    "*1"};

BOOST_DATA_TEST_CASE(lets_nobody_in, useless)
{
    for (const std::string_view given : {"", "secret", "*", "!", "*0", "*1", "x"})
        BOOST_TEST(!auth::verify(sample, given), given);
}

/// The reference program's own cases, "password" with "somesalt".
BOOST_AUTO_TEST_CASE(argon2_agrees_with_its_reference_in_any_number_of_lanes)
{
    for (const char* const hash : {"{ARGON2ID}$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$"
                                   "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                                   "{ARGON2ID}$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$"
                                   "bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"}) {
        BOOST_TEST(auth::verify(hash, "password"), hash);
        BOOST_TEST(!auth::verify(hash, "Password"), hash);
    }
}

BOOST_AUTO_TEST_CASE(scram_keys_are_those_of_the_rfcs)
{
    // RFC 5802 §5 and RFC 7677 §3 do not print the keys; these make their messages.
    const auto keys =
        auth::scram_keys(auth::Hash::Sha256, "pencil",
                         *text::base64_decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
    BOOST_TEST(text::base64_encode(keys.stored_key) ==
               "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=");
    BOOST_TEST(text::base64_encode(keys.server_key) ==
               "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
}

BOOST_AUTO_TEST_CASE(a_password_that_unicode_can_spell_in_two_ways_is_one_for_scram)
{
    base::SystemRandom random;
    const auto made = auth::make_stored("SCRAM-SHA-256", "caf\xc3\xa9", random);
    BOOST_TEST(auth::verify(*made, "cafe\xcc\x81"));
    BOOST_TEST(!auth::verify(*made, "cafe"));
}

BOOST_AUTO_TEST_CASE(what_is_made_can_be_verified_and_is_never_twice_the_same)
{
    base::SystemRandom random;
    for (const std::string_view scheme : auth::schemes_to_make) {
        const auto made = auth::make_stored(scheme, "secret", random);
        BOOST_REQUIRE(made.has_value());
        BOOST_TEST(made->starts_with('{' + std::string(scheme) + '}'));
        BOOST_TEST(made->find(':') == std::string::npos);
        BOOST_TEST(!auth::is_weak(*made));
        BOOST_TEST(auth::verify(*made, "secret"), *made);
        BOOST_TEST(!auth::verify(*made, "Secret"), *made);
        BOOST_TEST(*auth::make_stored(scheme, "secret", random) != *made);
    }
    BOOST_TEST((auth::make_stored("MD5-CRYPT", "secret", random).error().code ==
                Errc::Unsupported));
    BOOST_TEST((auth::make_stored("CRYPT", "", random).error().code == Errc::Syntax));
    BOOST_TEST(
        (auth::make_stored("CRYPT", std::string(auth::max_password + 1, 'x'), random)
             .error()
             .code == Errc::Syntax));
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
