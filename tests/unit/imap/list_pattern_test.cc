// SPDX-License-Identifier: ISC
#include "imap/list_pattern.h"

#include <ostream>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using imap::ListPattern;

struct Case {
    const char* pattern;
    const char* name;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.pattern << " and " << c.name;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(list_pattern)

const Case accepted[] = {
    {"*", "a"},
    {"*", "a.b.c"},
    {"*", ""},
    {"%", "a"},
    {"%", ""},
    {"a.*", "a.b.c"},
    {"a.%", "a.b"},
    {"a*", "a"},
    {"a%", "a"},
    {"*c", "a.b.c"},
    {"%.c", "b.c"},
    {"%.%", "a.b"},
    {"a%c*", "abc.d"},
    {"*%", "a.b"},
    {"%*", "a.b"},
    {"**", "a.b"},
    {"*b*", "abc"},
    {"a", "a"},
    {"%a%.b", "xax.b"},
    {"*.%", "a.b.c"},
    {"%%", "abc"},
    {"inbox", "INBOX"},
    {"iNB%", "INBOX"},
    {"INBOX", "inbox"},
    {"*x", "INBOX"},
    {"inbox.*", "INBOX.a"},
    {"Inbox.%", "INBOX.Sent"},
    {"", ""},
    {"a.", "a."},
    {"*a*a*b", "aaaaab"},
};

BOOST_DATA_TEST_CASE(matches, accepted)
{
    BOOST_TEST(ListPattern(sample.pattern, '.').matches(sample.name));
}

const Case refused[] = {
    {"%", "a.b"},
    {"a.%", "a.b.c"},
    {"a", "b"},
    {"a", "ab"},
    {"ab", "a"},
    {"", "a"},
    {"a.*", "a"},
    {"%.%", "a"},
    {"%.%", "a.b.c"},
    {"a", "A"},
    {"*b", "abc"},
    {"%c", "a.b.c"},
    {"inbox.A", "INBOX.a"}, // only the first level is without case
    {"inboxes", "INBOXES"}, // not INBOX at all
    {"x.inbox", "x.INBOX"}, // nor here
    {"a%%c", "a.c"},
    {"%*%b", "abc"},
};

BOOST_DATA_TEST_CASE(does_not_match, refused)
{
    BOOST_TEST(!ListPattern(sample.pattern, '.').matches(sample.name));
}

BOOST_AUTO_TEST_CASE(without_a_separator_there_are_no_levels)
{
    BOOST_TEST(ListPattern("%", '\0').matches("a.b/c"));
    BOOST_TEST(ListPattern("%", '\0').matches(std::string_view("a\0b", 3)));
    BOOST_TEST(!ListPattern("*", '\0').may_match_below("a"));
}

BOOST_AUTO_TEST_CASE(the_separator_may_be_a_slash)
{
    BOOST_TEST(ListPattern("%", '/').matches("a.b"));
    BOOST_TEST(!ListPattern("%", '/').matches("a/b"));
}

BOOST_AUTO_TEST_CASE(tells_which_branches_of_a_tree_may_hold_matches)
{
    BOOST_TEST(ListPattern("*", '.').may_match_below("a"));
    BOOST_TEST(ListPattern("a.b.%", '.').may_match_below("a"));
    BOOST_TEST(ListPattern("a.b.%", '.').may_match_below("a.b"));
    BOOST_TEST(!ListPattern("a.b.%", '.').may_match_below("a.b.c"));
    BOOST_TEST(!ListPattern("%", '.').may_match_below("a"));
    BOOST_TEST(!ListPattern("a", '.').may_match_below("a"));
    BOOST_TEST(!ListPattern("b.*", '.').may_match_below("a"));
    BOOST_TEST(ListPattern("inbox.x", '.').may_match_below("INBOX"));
}

BOOST_AUTO_TEST_CASE(knows_whether_it_has_wildcards)
{
    BOOST_TEST(ListPattern("a.b", '.').is_literal());
    BOOST_TEST(!ListPattern("a.%", '.').is_literal());
    BOOST_TEST(ListPattern("%%*%a%%", '.').text() == "*a%");
}

BOOST_AUTO_TEST_CASE(many_stars_take_no_exponential_time)
{
    std::string stars;
    for (int i = 0; i < 500; ++i)
        stars += "*a%a";
    const std::string name(1000, 'a');
    BOOST_TEST(ListPattern(stars, '.').matches(name));
    BOOST_TEST(!ListPattern(stars + "b", '.').matches(name));
}

BOOST_AUTO_TEST_SUITE_END()
