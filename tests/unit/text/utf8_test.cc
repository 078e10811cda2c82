// SPDX-License-Identifier: ISC
#include "text/utf8.h"

#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_DATA_TEST_CASE(accepts,
                     data::make({"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80",
                                 "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
                                 "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}),
                     input)
{
    BOOST_TEST(text::valid_utf8(input));
    BOOST_TEST(text::repair_utf8(input) == input);
}

BOOST_DATA_TEST_CASE(refuses,
                     data::make({"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2",
                                 "\xC2\x41", "\xE0\x80\x80", "\xE0\x9F\xBF",
                                 "\xED\xA0\x80", "\xED\xBF\xBF", "\xE2\x82",
                                 "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                                 "\xF5\x80\x80\x80", "\xFF", "a\xF0\x90\x80"}),
                     input)
{
    BOOST_TEST(!text::valid_utf8(input));
    BOOST_TEST(text::valid_utf8(text::repair_utf8(input)));
}

BOOST_AUTO_TEST_CASE(every_scalar_value_comes_back)
{
    for (char32_t c = 0; c <= 0x10FFFF; ++c) {
        if (c == 0xD800)
            c = 0xE000;
        std::string s;
        text::append_code_point(s, c);
        const text::CodePoint next = text::next_code_point(s + "x");
        if (next.value != c || next.size != s.size() || !next.valid)
            BOOST_FAIL("U+" << static_cast<unsigned>(c));
    }
}

BOOST_AUTO_TEST_CASE(each_stray_octet_is_replaced_by_itself)
{
    BOOST_TEST(text::repair_utf8("a\xE2\x82z\xFF") ==
               "a\xEF\xBF\xBD\xEF\xBF\xBDz\xEF\xBF\xBD");
    BOOST_TEST(text::is_ascii(std::string_view("a\0z", 3)));
    BOOST_TEST(!text::is_ascii("\x80"));
}

BOOST_AUTO_TEST_SUITE_END()
