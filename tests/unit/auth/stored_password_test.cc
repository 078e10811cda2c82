// SPDX-License-Identifier: ISC
#include "auth/stored_password.h"

#include <string>
#include <string_view>
#include <variant>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using auth::Argon2Hash;
using auth::parse_stored;
using base::Errc;

} // namespace

BOOST_AUTO_TEST_SUITE(stored_password)

BOOST_AUTO_TEST_CASE(takes_each_kind_apart)
{
    const auto plain = parse_stored("{Plain.b64}c2VjcmV0");
    BOOST_TEST(std::get<auth::PlainPassword>(*plain).password == "secret");
    const auto crypt = parse_stored("{CRYPT.hex}24312478");
    BOOST_TEST(std::get<auth::CryptHash>(*crypt).text == "$1$x");
    const auto digest = parse_stored("{SSHA}YH5MdIJB/MM69ERBx/YwTVzRMUcWjIr6");
    const auto& hash = std::get<auth::DigestHash>(*digest);
    BOOST_TEST((hash.hash == auth::Hash::Sha1));
    BOOST_TEST(hash.digest.size() == 20U);
    BOOST_TEST(hash.salt.size() == 4U);
    const auto argon = parse_stored("{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$"
                                    "vRM+10ZJ4gkVLktFm4hzGA$"
                                    "GfXOua3NmIgHPZH84UeDFHUjgfelW7Vo6k+FYStAdZY");
    const auto& costs = std::get<Argon2Hash>(*argon);
    BOOST_TEST(costs.memory == 65536U);
    BOOST_TEST(costs.passes == 3U);
    BOOST_TEST(costs.lanes == 1U);
    BOOST_TEST(costs.salt.size() == 16U);
    BOOST_TEST(costs.digest.size() == 32U);
    const auto scram = parse_stored("{SCRAM-SHA-1}4096,ct/5TQsA4ni/lGQsF90cmg==,"
                                    "Y2z3gGhxBLjmJQXBYVULnchc/j4=,"
                                    "kVuabKgsP4cG1vrHoorWe6EGLHw=");
    const auto& keys = std::get<auth::ScramKeys>(*scram);
    BOOST_TEST(keys.iterations == 4096U);
    BOOST_TEST(keys.salt.size() == 16U);
    BOOST_TEST(keys.stored_key.size() == 20U);
}

const std::string_view malformed[] = {
    "",
    "*",
    "!x",
    "{PLAIN}",
    "{PLAIN.b64}",
    "{PLAIN.b64}c2VjcmV",
    "{PLAIN.hex}7",
    "{PLAIN.hex}7g",
    "{PLAIN.hex}610062", // a NUL
    "{CRYPT}",
    "{CRYPT}*",
    "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ",
    "{SHA}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05",
    "{SHA256}5en6G6MezRroT3XKqkdPOmY/BfQ=",
    "{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", // no salt
    "{SSHA}abcdefgh",
    "{ARGON2ID}",
    "{ARGON2ID}$argon2d$v=19$m=256,t=2,p=1$c29tZXNhbHQ$"
    "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    "{ARGON2ID}$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$"
    "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    "{ARGON2ID}$argon2id$v=19$m=256,t=2,p=33$c29tZXNhbHQ$"
    "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    "{ARGON2ID}$argon2id$v=19$m=256,t=0,p=1$c29tZXNhbHQ$"
    "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    "{ARGON2ID}$argon2id$v=19$m=256,t=2,p=1$c29t$"
    "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", // too little salt
    "{SCRAM-SHA-256}4096,ct/5TQsA4ni/lGQsF90cmg==,Y2z3gGhxBLjmJQXBYVULnchc/j4=,"
    "kVuabKgsP4cG1vrHoorWe6EGLHw=", // of the other hash
    "{SCRAM-SHA-1}0,ct/5TQsA4ni/lGQsF90cmg==,Y2z3gGhxBLjmJQXBYVULnchc/j4=,"
    "kVuabKgsP4cG1vrHoorWe6EGLHw=",
    "{SCRAM-SHA-1}4096,,Y2z3gGhxBLjmJQXBYVULnchc/j4=,kVuabKgsP4cG1vrHoorWe6EGLHw=",
    "{SCRAM-SHA-1}4096,ct/5TQsA4ni/lGQsF90cmg==,Y2z3gGhxBLjmJQXBYVULnchc/j4=",
};

BOOST_DATA_TEST_CASE(refuses_what_is_none_of_the_schemes, malformed)
{
    const auto parsed = parse_stored(sample);
    BOOST_REQUIRE(!parsed);
    BOOST_TEST((parsed.error().code == Errc::Syntax));
    BOOST_TEST(!auth::check_stored(sample));
}

const std::string_view unknown[] = {"{NONE}x",        "{}x",        "{SSHA.b32}x",
                                    "{PLAIN.}x",      "{LDAP-MD5}", "{CRYPT}$9$hush$",
                                    "{SHA512-CRYP}x", "{.b64}x"};

BOOST_DATA_TEST_CASE(refuses_what_it_does_not_know, unknown)
{
    const auto parsed = parse_stored(sample);
    BOOST_REQUIRE(!parsed);
    BOOST_TEST((parsed.error().code == Errc::Unsupported));
    BOOST_TEST(parsed.error().text.find("hush") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(argon2_has_bounds)
{
    const auto stored = [](std::uint32_t memory, std::uint32_t passes) {
        return "{ARGON2ID}$argon2id$v=19$m=" + std::to_string(memory) +
               ",t=" + std::to_string(passes) +
               ",p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    };
    BOOST_TEST(auth::check_stored(stored(Argon2Hash::max_memory, 1)).has_value());
    BOOST_TEST(!auth::check_stored(stored(Argon2Hash::max_memory + 1, 1)).has_value());
    BOOST_TEST(auth::check_stored(stored(8, Argon2Hash::max_passes)).has_value());
    BOOST_TEST(!auth::check_stored(stored(8, Argon2Hash::max_passes + 1)).has_value());
}

BOOST_AUTO_TEST_CASE(knows_what_is_weak)
{
    for (const char* const stored :
         {"{MD5-CRYPT}$1$k2XAnEHB$rbDfQq368qWY4bas.D3Ac0", "$1$k2XAnEHB$x",
          "{DES-CRYPT}aaaaaaaaaaaaa", "_J9..aaaaaaaaaaaaaaa"})
        BOOST_TEST(auth::is_weak(stored), stored);
    for (const char* const stored :
         {"{PLAIN}x", "{SHA256-CRYPT}$5$x$x", "{SSHA}YH5MdIJB/MM69ERBx/YwTVzRMUcWjIr6",
          "", "{X}"})
        BOOST_TEST(!auth::is_weak(stored), stored);
}

BOOST_AUTO_TEST_SUITE_END()
