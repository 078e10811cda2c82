// SPDX-License-Identifier: ISC
#include "base/sha256.h"

#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

namespace {

std::string hex(const base::Sha256::Digest& digest)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t octet : digest) {
        text += digits[octet >> 4];
        text += digits[octet & 15];
    }
    return text;
}

std::string digest_of(std::string_view octets)
{
    base::Sha256 sha;
    sha.feed(octets);
    return hex(sha.finish());
}

} // namespace

BOOST_AUTO_TEST_SUITE(sha256)

// FIPS 180-2, Appendix B, and the empty message.
BOOST_AUTO_TEST_CASE(gives_what_the_standard_says)
{
    BOOST_TEST(digest_of("") ==
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    BOOST_TEST(digest_of("abc") ==
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
               "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    BOOST_TEST(digest_of(std::string(1'000'000, 'a')) ==
               "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

BOOST_AUTO_TEST_CASE(does_not_care_where_pieces_are_cut)
{
    std::string octets;
    for (int i = 0; i < 300; ++i)
        octets += static_cast<char>(i * 7);
    for (std::size_t size = 0; size <= octets.size(); ++size) {
        const auto whole = std::string_view(octets).substr(0, size);
        base::Sha256 sha;
        for (std::size_t at = 0, step = 1; at < size; at += step, step = step % 70 + 1)
            sha.feed(whole.substr(at, step));
        BOOST_TEST(hex(sha.finish()) == digest_of(whole));
    }
}

BOOST_AUTO_TEST_SUITE_END()
