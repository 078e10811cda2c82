// SPDX-License-Identifier: ISC
#include "text/ascii.h"

#include <string>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(ascii)

BOOST_AUTO_TEST_CASE(case_is_that_of_ascii_letters_only)
{
    BOOST_TEST(text::to_lower("AZaz09[@`{\xC4") == "azaz09[@`{\xC4");
    BOOST_TEST(text::to_upper("AZaz09[@`{\xE4") == "AZAZ09[@`{\xE4");
    BOOST_TEST(text::equal_ignoring_case("InBoX", "INBOX"));
    BOOST_TEST(!text::equal_ignoring_case("INBOX", "INBOX2"));
    BOOST_TEST(!text::equal_ignoring_case("[", "{"));
    BOOST_TEST(text::starts_with_ignoring_case("Body.Peek[", "BODY"));
    BOOST_TEST(!text::starts_with_ignoring_case("BO", "BODY"));
}

BOOST_AUTO_TEST_CASE(trims_white_space_and_nothing_else)
{
    BOOST_TEST(text::trim(" \t\r\n a b \r\n") == "a b");
    BOOST_TEST(text::trim(" \t ") == "");
    BOOST_TEST(text::trim_front(" a ") == "a ");
    BOOST_TEST(text::trim_back(" a ") == " a");
    const std::string no_break_space = "\xC2\xA0";
    BOOST_TEST(text::trim(no_break_space) == no_break_space);
}

BOOST_AUTO_TEST_CASE(tells_what_a_character_is)
{
    BOOST_TEST((text::is_digit('0') && text::is_digit('9') && !text::is_digit('a')));
    BOOST_TEST((text::is_alpha('A') && text::is_alpha('z') && !text::is_alpha('@')));
    BOOST_TEST((text::is_control('\0') && text::is_control('\x7f')));
    BOOST_TEST((!text::is_control(' ') && !text::is_control('\x80')));
    BOOST_TEST((text::is_8bit('\x80') && !text::is_8bit('\x7f')));
    BOOST_TEST(text::hex_value('f') == 15);
    BOOST_TEST(text::hex_value('A') == 10);
    BOOST_TEST(text::hex_value('g') == -1);
}

BOOST_AUTO_TEST_SUITE_END()
