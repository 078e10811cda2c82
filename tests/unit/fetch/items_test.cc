// SPDX-License-Identifier: ISC
#include "fetch/items.h"

#include <ostream>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "imap/syntax_error.h"

namespace {

using imapd::Items;
using Kind = imapd::Item::Kind;

Items parsed(std::string_view text)
{
    imap::Parser in(text);
    Items items = imapd::parse_items(in);
    in.end();
    return items;
}

/// The one section that was asked for, as the answer calls it.
std::string label(std::string_view text)
{
    const Items items = parsed(text);
    BOOST_REQUIRE(items.list.size() == 1);
    BOOST_REQUIRE(items.list[0].kind == Kind::Section);
    return items.list[0].section.label;
}

struct Case {
    const char* asked;
    const char* label;
    bool sets_seen;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.asked;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(items)

const Case sections[] = {
    {"BODY[]", "BODY[]", true},
    {"body.peek[]", "BODY[]", false},
    {"BODY[1.2.3]", "BODY[1.2.3]", true},
    {"BODY[1.MIME]", "BODY[1.MIME]", true},
    {"BODY.PEEK[header]", "BODY[HEADER]", false},
    {"BODY[4.1.TEXT]<10.20>", "BODY[4.1.TEXT]<10>", true},
    {"BODY.PEEK[HEADER.FIELDS (From \"To\")]", "BODY[HEADER.FIELDS (From To)]", false},
    {"BODY[2.HEADER.FIELDS.NOT (x-a)]", "BODY[2.HEADER.FIELDS.NOT (x-a)]", true},
    {"RFC822", "RFC822", true},
    {"RFC822.HEADER", "RFC822.HEADER", false},
    {"RFC822.TEXT", "RFC822.TEXT", true},
};

BOOST_DATA_TEST_CASE(calls_a_section_as_the_client_did, sections)
{
    BOOST_TEST(label(sample.asked) == sample.label);
    BOOST_TEST(parsed(sample.asked).sets_seen() == sample.sets_seen);
}

const char* const refused[] = {
    "",
    "()",
    "BODY[",
    "BODY[MIME]",
    "BODY[0]",
    "BODY[1.]",
    "BODY[.1]",
    "BODY[HEADERS]",
    "BODY[]<1>",
    "BODY[]<1.0>",
    "FLAGS UID",
    "(FLAGS  UID)",
    "(FLAGS",
    "BODY[HEADER.FIELDS ()]",
    "(ALL)",
    "XYZ",
    "BODY[1",
    "BODY[HEADER.FIELDS From]",
    "BODY[4294967296]",
};

BOOST_DATA_TEST_CASE(refuses, refused)
{
    BOOST_CHECK_THROW(parsed(sample), imap::SyntaxError);
}

BOOST_AUTO_TEST_CASE(macros_stand_for_their_items)
{
    BOOST_TEST(parsed("FAST").list.size() == 3U);
    BOOST_TEST(parsed("ALL").list.size() == 4U);
    const Items full = parsed("full");
    BOOST_TEST(full.list.size() == 5U);
    BOOST_TEST(full.has(Kind::Body));
    BOOST_TEST(!full.sets_seen());
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_twice_is_answered_once)
{
    BOOST_TEST(parsed("(FLAGS UID flags UID)").list.size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_index_has_some_answers_alone)
{
    BOOST_TEST(parsed("(FLAGS UID RFC822.SIZE INTERNALDATE)").are_in_index());
    BOOST_TEST(!parsed("(FLAGS ENVELOPE)").are_in_index());
    BOOST_TEST(!parsed("BODY.PEEK[]").are_in_index());
}

BOOST_AUTO_TEST_CASE(bounds_what_one_command_asks_for)
{
    std::string text = "(BODY[1]"; // each another one: the same one counts once
    for (std::size_t i = 2; i <= Items::max_items; ++i)
        text += " BODY[" + std::to_string(i) + "]";
    BOOST_CHECK_NO_THROW(parsed(text + ")"));
    BOOST_CHECK_THROW(parsed(text + " BODY[2000])"), imap::SyntaxError);
}

BOOST_AUTO_TEST_SUITE_END()
