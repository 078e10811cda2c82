// SPDX-License-Identifier: ISC
#include "text/utf7.h"

#include <array>
#include <random>
#include <string>
#include <utility>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "text/utf8.h"

namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(utf7)

BOOST_AUTO_TEST_CASE(encodes_one_way_and_back)
{
    const std::pair<const char*, const char*> names[] = {
        {"", ""},
        {"INBOX", "INBOX"},
        {"a&b", "a&-b"},
        {"&", "&-"},
        {"&&", "&-&-"},
        {"Entw\xC3\xBCrfe", "Entw&APw-rfe"},
        {"\xC3\xBC&\xC3\xBC", "&APw-&-&APw-"},
        {"~peter/mail/\xE5\x8F\xB0\xE5\x8C\x97/\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E",
         "~peter/mail/&U,BTFw-/&ZeVnLIqe-"}, // RFC 3501 §5.1.3
        {"\xF0\x9F\x93\xAB", "&2D3c6w-"},
        {"a\tb", "a&AAk-b"},
        {"\x7F", "&AH8-"},
        {"\xE2\x82\xAC", "&IKw-"},
    };
    for (const auto& [utf8, utf7] : names) {
        BOOST_TEST(text::utf7_encode(utf8).value() == utf7);
        BOOST_TEST(text::utf7_decode(utf7).value() == utf8);
    }
}

BOOST_DATA_TEST_CASE(
    refuses,
    data::make({"&",          "a&",    "&APw",     "&A-",      "&AP-",     "&APx-",
                "&APwA-",     "&AGE-", "&ACY-",    "&AP w-",   "&AP/w-",   "&AP=-",
                "&APw-&APw-", "&2D0-", "&3Ks-",    "&3KvYPQ-", "&2D0AYQ-", "&2D3YPQ-",
                "a\tb",       "\x7F",  "\xC3\xBC", "&APw-&",   "&APwAYQ-", "&AAAA-"}),
    input)
{
    const auto decoded = text::utf7_decode(input);
    BOOST_REQUIRE(!decoded);
    BOOST_TEST((decoded.error().code == base::Errc::Syntax));
}

BOOST_AUTO_TEST_CASE(does_not_encode_what_is_not_utf8)
{
    BOOST_TEST(!text::utf7_encode("\xFC"));
    BOOST_TEST(!text::utf7_encode("\xED\xA0\x80"));
}

BOOST_AUTO_TEST_CASE(any_name_comes_back)
{
    std::mt19937 random(5);
    const std::array<char32_t, 8> letters = {'a',  '&',    '-',     ',',
                                             0xFC, 0x53F0, 0x1F4EB, 1};
    for (int round = 0; round < 3000; ++round) {
        std::string name;
        for (auto n = random() % 12; n > 0; --n)
            text::append_code_point(name, letters[random() % letters.size()]);
        const std::string encoded = text::utf7_encode(name).value();
        BOOST_TEST(text::is_ascii(encoded));
        BOOST_TEST(text::utf7_decode(encoded).value() == name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
