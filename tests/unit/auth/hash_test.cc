// SPDX-License-Identifier: ISC
#include "auth/hash.h"

#include <ostream>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using auth::Hash;

std::string hex(std::string_view octets)
{
    std::string text;
    for (const char c : octets) {
        const auto value = static_cast<unsigned char>(c);
        text += "0123456789abcdef"[value >> 4];
        text += "0123456789abcdef"[value & 15];
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(hash)

BOOST_AUTO_TEST_CASE(digests) // FIPS 180-4, "abc"
{
    BOOST_TEST(hex(auth::digest(Hash::Sha1, "abc")) ==
               "a9993e364706816aba3e25717850c26c9cd0d89d");
    BOOST_TEST(hex(auth::digest(Hash::Sha256, "abc")) ==
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(hex(auth::digest(Hash::Sha512, "abc")).substr(0, 32) ==
               "ddaf35a193617abacc417349ae204131");
    for (const Hash h : {Hash::Sha1, Hash::Sha256, Hash::Sha512})
        BOOST_TEST(auth::digest(h, "").size() == auth::digest_size(h));
}

BOOST_AUTO_TEST_CASE(hmacs) // RFC 4231 §4.3, RFC 2202 §3
{
    constexpr const char* data = "what do ya want for nothing?";
    BOOST_TEST(hex(auth::hmac(Hash::Sha256, "Jefe", data)) ==
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    BOOST_TEST(hex(auth::hmac(Hash::Sha1, "Jefe", data)) ==
               "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

BOOST_AUTO_TEST_CASE(keys_from_passwords) // RFC 6070, and RFC 7914 §11
{
    BOOST_TEST(hex(auth::salted(Hash::Sha1, "password", "salt", 1)) ==
               "0c60c80f961f0e71f3a9b524af6012062fe037a6");
    BOOST_TEST(hex(auth::salted(Hash::Sha1, "password", "salt", 4096)) ==
               "4b007901b765489abead49d926f721d065a429c1");
    BOOST_TEST(hex(auth::salted(Hash::Sha256, "passwd", "salt", 1)) ==
               "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
}

BOOST_AUTO_TEST_CASE(compares_and_mixes)
{
    BOOST_TEST(auth::are_equal("", ""));
    BOOST_TEST(auth::are_equal("abc", "abc"));
    BOOST_TEST(!auth::are_equal("abc", "abd"));
    BOOST_TEST(!auth::are_equal("abc", "ab"));
    BOOST_TEST(auth::exclusive_or("ab", "ab") == std::string(2, '\0'));
    BOOST_TEST(auth::exclusive_or("a ", " a") == "AA");
}

BOOST_AUTO_TEST_SUITE_END()
