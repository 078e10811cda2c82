// SPDX-License-Identifier: ISC
#include "imap/sequence_set.h"

#include <ostream>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using imap::Number;
using imap::SequenceSet;

/// `set` as resolved in a mailbox whose largest number is `largest`, back in
/// IMAP form; "!" if it does not parse.
std::string resolved(std::string_view set, Number largest)
{
    const auto parsed = SequenceSet::parse(set);
    return parsed ? parsed->resolve(largest).to_text() : "!";
}

struct Case {
    const char* set;
    Number largest;
    const char* expected;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.set << " of " << c.largest;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(sequence_set)

const Case accepted[] = {
    {"1", 9, "1"},
    {"3,1,2", 9, "1:3"},             // touching numbers join
    {"4:2", 9, "2:4"},               // RFC 9051 §9: order is irrelevant
    {"5:*", 3, "3:5"},               // ditto, with * below the first number
    {"*:5", 3, "3:5"},               // ditto, * in front
    {"*", 7, "7"},                   // the largest number in use
    {"*:*", 7, "7"},                 // a range of one
    {"*,1", 0, "1"},                 // empty mailbox: * is nothing
    {"*", 0, ""},                    // ditto, and nothing else
    {"1:*", 0, ""},                  // ditto, at an end of a range
    {"1:3,2:6,9", 9, "1:6,9"},       // overlaps join
    {"9,2:6,1:3,9,9", 9, "1:6,9"},   // in any order, any number of times
    {"5", 3, "5"},                   // past the end: for the caller to judge
    {"4294967295", 9, "4294967295"}, // largest nz-number is not *
    {"1:4294967295", 9, "1:4294967295"},
    {"$", 9, ""},            // the caller knows what it stands for
    {"1,3:4,$", 9, "1,3:4"}, // ditto, as the last of a list
    {"1,$,3", 9, "1,3"},     // RFC 3501 and RFC 5182: anywhere in it
};

BOOST_DATA_TEST_CASE(resolves, accepted)
{
    BOOST_TEST(resolved(sample.set, sample.largest) == sample.expected);
}

const char* const refused[] = {
    "",    "0",   "1:0", ",",   "1,",  "1,,2",         "1:",
    ":1",  "1 ",  "-1",  "+1",  "1:a", "$$",           "$1",
    "$:1", "1:$", "$,",  ",$",  "**",  "4294967296",   "1:2:3",
    "1;2", "*1",  ":",   "1,:", "01x", "1:4294967296", "99999999999999999999999"};

BOOST_DATA_TEST_CASE(refuses, refused)
{
    const auto set = SequenceSet::parse(sample);
    BOOST_REQUIRE(!set);
    BOOST_TEST((set.error().code == base::Errc::Syntax));
}

BOOST_AUTO_TEST_CASE(bounds_the_memory_one_line_can_take)
{
    std::string text = "1";
    for (std::size_t i = 1; i < SequenceSet::max_ranges; ++i)
        text += ",1";
    BOOST_TEST(SequenceSet::parse(text).has_value());

    const auto longer = SequenceSet::parse(text + ",1");
    BOOST_REQUIRE(!longer);
    BOOST_TEST((longer.error().code == base::Errc::Limit));
}

BOOST_AUTO_TEST_CASE(tells_what_is_in_it_besides_numbers)
{
    const auto plain = SequenceSet::parse("1:3,7");
    const auto saved = SequenceSet::parse("$");
    const auto both = SequenceSet::parse("2:*,$");
    BOOST_REQUIRE((plain.has_value() && saved.has_value() && both.has_value()));
    BOOST_TEST((!plain->has_saved() && !plain->has_star() && plain->has_numbers()));
    BOOST_TEST((saved->has_saved() && !saved->has_star() && !saved->has_numbers()));
    BOOST_TEST((both->has_saved() && both->has_star() && both->has_numbers()));
}

BOOST_AUTO_TEST_CASE(a_long_set_in_descending_order_resolves_quickly)
{
    std::string text;
    for (Number n = 2 * SequenceSet::max_ranges; n > 0; n -= 2)
        text += std::to_string(n) + (n > 2 ? "," : "");
    const auto set = SequenceSet::parse(text);
    BOOST_REQUIRE(set.has_value());
    BOOST_TEST(set->resolve(1).size() == SequenceSet::max_ranges);
}

BOOST_AUTO_TEST_SUITE_END()
