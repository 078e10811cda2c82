// SPDX-License-Identifier: ISC
#include "imap/flags.h"

#include <string>

#include <boost/test/unit_test.hpp>

using imap::Flags;
using imap::SystemFlag;

BOOST_AUTO_TEST_SUITE(flags)

BOOST_AUTO_TEST_CASE(system_flags_are_written_in_a_fixed_order_before_keywords)
{
    Flags flags;
    BOOST_TEST(flags.to_text() == "()");
    BOOST_TEST(flags.empty());
    flags.add_keyword("$Junk");
    flags.set(SystemFlag::Recent);
    flags.set(SystemFlag::Seen);
    flags.set(SystemFlag::Answered);
    BOOST_TEST(flags.to_text() == "(\\Answered \\Seen \\Recent $Junk)");
    BOOST_TEST(flags.has(SystemFlag::Seen));
    BOOST_TEST(!flags.has(SystemFlag::Draft));
    BOOST_TEST(!flags.empty());
}

BOOST_AUTO_TEST_CASE(a_keyword_keeps_its_first_spelling_and_is_there_once)
{
    Flags flags;
    BOOST_TEST(flags.add_keyword("$Forwarded"));
    BOOST_TEST(flags.add_keyword("$FORWARDED"));
    BOOST_TEST(flags.to_text() == "($Forwarded)");
    BOOST_TEST(flags.has_keyword("$forwarded"));
    BOOST_TEST(!flags.has_keyword("$forward"));
}

BOOST_AUTO_TEST_CASE(keywords_are_bounded_in_number_and_length)
{
    Flags flags;
    for (std::size_t i = 0; i < Flags::max_keywords; ++i)
        BOOST_TEST(flags.add_keyword("k" + std::to_string(i)));
    BOOST_TEST(!flags.add_keyword("one-more"));
    BOOST_TEST(flags.add_keyword("K1")); // known already
    BOOST_TEST(flags.keywords.size() == Flags::max_keywords);

    Flags others;
    BOOST_TEST(others.add_keyword(std::string(Flags::max_keyword_length, 'x')));
    BOOST_TEST(!others.add_keyword(std::string(Flags::max_keyword_length + 1, 'y')));
}

BOOST_AUTO_TEST_SUITE_END()
