// SPDX-License-Identifier: ISC
#include "deliver/address.h"

#include <ostream>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

struct Case {
    const char* address;
    const char* delimiters;
    const char* plain;
    const char* extension;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.address << " at " << c.delimiters;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(address)

const Case cases[] = {
    {"ann", "+", "ann", ""},
    {"ann+lists", "+", "ann", "lists"},
    {"ann+lists@example.org", "+", "ann@example.org", "lists"},
    {"ann+a+b@example.org", "+", "ann@example.org", "a+b"}, // the first delimiter
    {"ann-x+y@example.org", "+-", "ann@example.org", "x+y"},
    {"ann-x@example.org", "+", "ann-x@example.org", ""},
    {"ann+@example.org", "+", "ann@example.org", ""},
    {"+ann@example.org", "+", "+ann@example.org", ""},
    {"ann@a+b.example", "+", "ann@a+b.example", ""}, // not in the domain
    {"ann+a@b@example.org", "+", "ann@example.org", "a@b"},
    {"", "+", "", ""},
    {"@x", "+", "@x", ""},
    {"+", "+", "+", ""},
};

BOOST_DATA_TEST_CASE(is_split_at_the_first_delimiter, cases)
{
    const auto split = deliver::split_extension(sample.address, sample.delimiters);
    BOOST_TEST(split.plain == sample.plain);
    BOOST_TEST(split.extension == sample.extension);
}

BOOST_AUTO_TEST_SUITE_END()
