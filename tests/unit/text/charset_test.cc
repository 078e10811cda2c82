// SPDX-License-Identifier: ISC
#include "text/charset.h"

#include <string>
#include <utility>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "text/utf8.h"

using text::to_utf8;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(charset)

BOOST_AUTO_TEST_CASE(converts_the_charsets_of_mail)
{
    BOOST_TEST(to_utf8("utf-8", "\xC3\xA4").value() == "\xC3\xA4");
    BOOST_TEST(to_utf8("ISO-8859-1", "\xE4").value() == "\xC3\xA4");
    BOOST_TEST(to_utf8("iso-8859-15", "\xA4").value() == "\xE2\x82\xAC");
    BOOST_TEST(to_utf8("Windows-1252", "\x80").value() == "\xE2\x82\xAC");
    BOOST_TEST(to_utf8("koi8-r", "\xD6").value() == "\xD0\xB6");
    BOOST_TEST(to_utf8("GB2312", "\xC8\xD5").value() == "\xE6\x97\xA5");
    BOOST_TEST(to_utf8("Shift_JIS", "\x93\xFA").value() == "\xE6\x97\xA5");
    BOOST_TEST(to_utf8("iso-2022-jp", "\x1B$BF|\x1B(B").value() == "\xE6\x97\xA5");
    BOOST_TEST(to_utf8("utf-7", "+AOQ-").value() == "\xC3\xA4");
    BOOST_TEST(to_utf8("utf-16be", std::string("\0a", 2)).value() == "a");
}

BOOST_DATA_TEST_CASE(does_not_know,
                     data::make({"", "x-nothing", "unknown-8bit", "utf-8//IGNORE",
                                 "../../etc/passwd", "utf 8", "utf-8\n", "\xE4"}),
                     name)
{
    BOOST_TEST(!text::charset_is_known(name));
    const auto converted = to_utf8(name, "x");
    BOOST_REQUIRE(!converted);
    BOOST_TEST((converted.error().code == base::Errc::Unsupported));
}

BOOST_AUTO_TEST_CASE(a_name_has_a_longest_form)
{
    BOOST_TEST(!text::charset_is_known(std::string(text::max_charset_name, 'x')));
    BOOST_TEST(!text::charset_is_known(std::string(100000, 'x')));
}

BOOST_AUTO_TEST_CASE(each_octet_that_is_none_is_replaced)
{
    BOOST_TEST(to_utf8("utf-8", "a\xE4z").value() == "a\xEF\xBF\xBDz");
    BOOST_TEST(to_utf8("us-ascii", "a\xFFz").value() == "a\xEF\xBF\xBDz");
    BOOST_TEST(to_utf8("us-ascii", "\xC3\xA4").value() == "\xC3\xA4");
    BOOST_TEST(to_utf8("euc-jp", "a\xC6").value() == "a\xEF\xBF\xBD"); // cut off
    BOOST_TEST(to_utf8("big5", "\xFF\xFFz").value() == "\xEF\xBF\xBD\xEF\xBF\xBDz");
}

BOOST_AUTO_TEST_CASE(a_converter_forgets_the_text_before)
{
    auto converter = text::Converter::open("iso-2022-jp").value();
    BOOST_TEST(text::valid_utf8(converter.convert("\x1B$BF|"))); // left in Japanese
    BOOST_TEST(converter.convert("F|") == "F|");
}

BOOST_AUTO_TEST_CASE(converts_more_than_a_buffer)
{
    const std::string bytes(100000, '\xE4');
    const std::string utf8 = to_utf8("windows-1252", bytes).value();
    BOOST_TEST(utf8.size() == 200000u);
    BOOST_TEST(text::valid_utf8(utf8));
    BOOST_TEST(to_utf8("big5", std::string(20000, '\xFF')).value().size() == 60000u);
}

BOOST_AUTO_TEST_SUITE_END()
