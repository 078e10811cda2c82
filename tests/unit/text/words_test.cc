// SPDX-License-Identifier: ISC
#include "text/words.h"

#include <string>
#include <utility>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "text/utf8.h"

using text::decode_words;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(words)

BOOST_AUTO_TEST_CASE(decodes)
{
    const std::pair<const char*, const char*> values[] = {
        {"", ""},
        {"plain  text = ?", "plain  text = ?"},
        {"=?ISO-8859-1?Q?a?=", "a"},
        {"(=?ISO-8859-1?Q?a?= b)", "(a b)"}, // RFC 2047 §8 from here
        {"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"},
        {"=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=", "ab"},
        {"=?ISO-8859-1?Q?a?= \t =?ISO-8859-1?Q?b?=", "ab"},
        {"=?ISO-8859-1?Q?a_b?=", "a b"},
        {"=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b"},
        {"=?iso-8859-1?q?this=20is=20some=20text?=", "this is some text"},
        {"=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>",
         "Keith Moore <moore@cs.utk.edu>"},
        {"=?utf-8?B?w6Q=?=", "\xC3\xA4"},
        {"=?UTF-8?b?w6Q?=", "\xC3\xA4"},                  // padding forgotten
        {"=?utf-8?q?=C3?= =?utf-8?q?=A4?=", "\xC3\xA4"},  // a character in two
        {"=?utf-8?q?=C3?= =?utf-8?b?pA==?=", "\xC3\xA4"}, // whatever the encodings
        {"=?utf-8*de?q?=C3=A4?=", "\xC3\xA4"},            // RFC 2231 §5
        {"=?utf-8?q?"
         "?=",
         ""},
        {"x=?utf-8?q?a?=y", "xay"},
        {"=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b"},
        {"=?utf-8?q?a?= ", "a "},
        {"=?utf-8?q?a?==?utf-8?q?b?=", "ab"},
    };
    for (const auto& [raw, text] : values)
        BOOST_TEST(decode_words(raw) == text);
}

BOOST_DATA_TEST_CASE(leaves_as_it_stands,
                     data::make({"=?", "=?=", "=?utf-8", "=?utf-8?", "=?utf-8?q",
                                 "=?utf-8?q?", "=?utf-8?q?a", "=?utf-8?q?a?",
                                 "=?utf-8?q?a =?=", "=?utf-8?q?a b?=", "=?utf-8?x?a?=",
                                 "=??q?a?=", "=?utf-8?q?=4?=", "=?utf-8?q?=zz?=",
                                 "=?utf-8?b?w?=", "=?utf-8?b?w6Q!?=", "=?x-none?q?a?=",
                                 "=?utf-8?q?a?= =?x-none?q?a?", "= ?utf-8?q?a?="}),
                     raw)
{
    const std::string decoded = decode_words(raw);
    const std::string wanted = std::string_view(raw) == "=?utf-8?q?a?= =?x-none?q?a?"
                                   ? "a =?x-none?q?a?"
                                   : raw;
    BOOST_TEST(decoded == wanted);
}

BOOST_AUTO_TEST_CASE(the_result_is_utf8_whatever_comes)
{
    BOOST_TEST(decode_words("\xE4") == "\xEF\xBF\xBD");
    BOOST_TEST(decode_words("=?utf-8?q?=E4?=") == "\xEF\xBF\xBD");
    BOOST_TEST(decode_words("\xC3\xA4 =?utf-8?q?=C3?=") == "\xC3\xA4 \xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(more_charsets_than_are_kept_open)
{
    std::string raw, text;
    for (int round = 0; round < 3; ++round) {
        for (int n = 1; n <= 16; ++n) {
            if (n == 12)
                continue; // there is no ISO-8859-12
            raw += "=?iso-8859-" + std::to_string(n) + "?q?x?= ";
            text += "x";
        }
    }
    BOOST_TEST(decode_words(raw) == text + " ");
}

BOOST_AUTO_TEST_CASE(a_megabyte_of_beginnings_takes_no_time)
{
    std::string raw;
    while (raw.size() < (std::size_t{1} << 20))
        raw += "=?utf-8?q?=";
    BOOST_TEST((decode_words(raw) == raw));
}

BOOST_AUTO_TEST_SUITE_END()
