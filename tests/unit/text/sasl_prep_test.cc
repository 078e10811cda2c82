// SPDX-License-Identifier: ISC
#include "text/sasl_prep.h"

#include <ostream>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

struct Case {
    const char* text;
    const char* expected;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.text;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(sasl_prep)

const Case accepted[] = {
    // The examples of RFC 4013 §3.
    {"I\xc2\xadX", "IX"},
    {"user", "user"},
    {"USER", "USER"},
    {"\xc2\xaa", "a"},
    {"\xe2\x85\xa8", "IX"},
    {"", ""},
    {"two words", "two words"},
    {"no\xc2\xa0"
     "break",
     "no break"},
    {"wide\xe3\x80\x80space", "wide space"},
    {"zero\xe2\x80\x8bwidth", "zerowidth"},
    {"e\xcc\x81", "\xc3\xa9"},                // one character or two
    {"\xef\xac\x81sh", "fish"},               // a ligature
    {"\xd7\x90\xd7\x91", "\xd7\x90\xd7\x91"}, // from the right
    {"\xf0\x9f\x93\xac", "\xf0\x9f\x93\xac"},
};

BOOST_DATA_TEST_CASE(prepares, accepted)
{
    const auto prepared = text::sasl_prepared(sample.text);
    BOOST_REQUIRE(prepared.has_value());
    BOOST_TEST(*prepared == sample.expected);
    BOOST_TEST(*text::sasl_prepared(*prepared) == *prepared);
}

const char* const refused[] = {
    "\x07", // RFC 4013 §3: a control character
    "\xd8\xa7"
    "1", // RFC 4013 §3: begins from the right and does not end so
    "\xd8\xa7"
    "a\xd8\xa7",    // something from the left between
    "\xff",         // not UTF-8
    "\xed\xa0\x80", // a surrogate
    "\xee\x80\x80", // for private use
    "\xef\xbf\xbd", // REPLACEMENT CHARACTER
    "\xef\xb7\x90", // a non-character
    "\xe2\x80\xae"
    "abc",          // RIGHT-TO-LEFT OVERRIDE
    "\xe2\x80\xa8", // LINE SEPARATOR
};

BOOST_DATA_TEST_CASE(refuses, refused)
{
    BOOST_TEST(!text::sasl_prepared(sample).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
