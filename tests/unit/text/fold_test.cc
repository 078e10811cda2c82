// SPDX-License-Identifier: ISC
#include "text/fold.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "text/utf8.h"

using text::fold;

BOOST_AUTO_TEST_SUITE(fold_for_search)

BOOST_AUTO_TEST_CASE(letters_of_either_case_are_the_same)
{
    BOOST_TEST(fold("Hello World 42!") == "hello world 42!");
    BOOST_TEST(fold("\xC3\x84") == fold("\xC3\xA4")); // Ä ä
    BOOST_TEST(fold("\xD0\x96") == fold("\xD0\xB6")); // Ж ж
    BOOST_TEST(fold("\xCE\xA3") == fold("\xCF\x82")); // Σ ς
    BOOST_TEST(fold("stra\xC3\x9F"
                    "e") == fold("STRASSE")); // ß
}

BOOST_AUTO_TEST_CASE(spellings_of_one_character_are_the_same)
{
    BOOST_TEST(fold("\xC3\xA9") == fold("e\xCC\x81")); // é composed or not
    BOOST_TEST(fold("\xEF\xBC\xA1") == "a");           // full width A
    BOOST_TEST(fold("\xEF\xAC\x81") == "fi");          // the ligature
    BOOST_TEST(fold("\xC2\xBD") == fold("1\xE2\x81\x84"
                                        "2")); // ½
    BOOST_TEST(fold("a\xC2\xAD"
                    "b") == "ab"); // soft hyphen
    BOOST_TEST(fold("\xED\x95\x9C") == fold("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"));
}

BOOST_AUTO_TEST_CASE(a_letter_is_found_in_an_accented_one)
{
    BOOST_TEST(fold("Caf\xC3\xA9").find(fold("CAFE")) == 0u);
    BOOST_TEST(fold("cafe").find(fold("caf\xC3\xA9")) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(marks_in_another_order_are_the_same)
{
    BOOST_TEST(fold("q\xCC\x87\xCC\xA3") == fold("q\xCC\xA3\xCC\x87"));
}

BOOST_AUTO_TEST_CASE(what_is_not_utf8_becomes_a_replacement_character)
{
    BOOST_TEST(fold("A\xFF") == "a\xEF\xBF\xBD");
    BOOST_TEST(fold(std::string_view("A\0B", 3)) == std::string_view("a\0b", 3));
}

BOOST_AUTO_TEST_CASE(where_a_long_text_is_cut_makes_no_difference)
{
    std::string once, text;
    for (int i = 0; i < 2000; ++i) {
        text += "\xE6\x97\xA5\xC3\x89"; // 日É
        once += fold("\xE6\x97\xA5\xC3\x89");
    }
    BOOST_TEST((fold(text) == once));
}

BOOST_AUTO_TEST_CASE(a_megabyte_of_marks_in_the_wrong_order_takes_no_time)
{
    std::string marks;
    for (int i = 0; i < 250000; ++i)
        marks += i % 2 == 0 ? "\xCC\x87" : "\xCC\xA3";
    BOOST_TEST(text::valid_utf8(fold(marks)));
}

BOOST_AUTO_TEST_SUITE_END()
