// SPDX-License-Identifier: ISC
#include "config/ini_file.h"

#include <ostream>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

/// `text` as read, a line as `N[section]`, `N section.key=value` or `N!why`, with `|`
/// between them.
std::string read(std::string_view text)
{
    std::string out;
    config::read_ini(text, [&](const config::IniLine& line) {
        using Kind = config::IniLine::Kind;
        out += (out.empty() ? "" : "|") + std::to_string(line.number);
        if (line.kind == Kind::Section)
            out += '[' + std::string(line.section) + ']';
        else if (line.kind == Kind::Pair)
            out += ' ' + std::string(line.section) + '.' + std::string(line.key) + '=' +
                   std::string(line.value);
        else
            out += '!' + std::string(line.value);
    });
    return out;
}

struct Case {
    std::string_view text;
    const char* expected;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.expected;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(ini_file)

const Case cases[] = {
    {"", ""},
    {"\n\n", ""},
    {"; comment\n# comment\n", ""},
    {"a=b", "1 .a=b"},
    {"[s]\na = b\n", "1[s]|2 s.a=b"},
    {"\n[s]\n\n a\t=\tb  \n", "2[s]|4 s.a=b"},
    {"[s]\r\na=b\r\n", "1[s]|2 s.a=b"},
    {"\xef\xbb\xbf[s]\na=b\n", "1[s]|2 s.a=b"},
    {"[s] ; comment\na = b ; comment\n", "1[s]|2 s.a=b"},
    {"[s]\na = b;c\n", "1[s]|2 s.a=b;c"}, // no white space: no comment
    {"[s]\na =\n", "1[s]|2 s.a="},
    {"[s]\na = [::]:143\n", "1[s]|2 s.a=[::]:143"},
    {"[s]\na = b\n  c = d\n", "1[s]|2 s.a=b|3 s.c=d"}, // indented, not continued
    {"[a]\n[b]\nc=d", "1[a]|2[b]|3 b.c=d"},
    {"[s\na=b\n", "1!no ] at the end of [section]|2 .a=b"},
    {"[s] x\na=b\n", "1!something after [section]|2 .a=b"},
    {"[s]\nword\nother\na=b\nlast",
     "1[s]|2!neither [section] nor key = value|3!neither [section] nor key = value|"
     "4 s.a=b|5!neither [section] nor key = value"},
    {std::string_view("a\0=b\nc=d\n", 9), "1!a NUL in it|2 .c=d"},
};

BOOST_DATA_TEST_CASE(reads_lines_with_their_numbers, cases)
{
    BOOST_TEST(read(sample.text) == sample.expected);
}

BOOST_AUTO_TEST_CASE(lines_have_a_bound)
{
    const std::string value(config::max_ini_line - 2, 'v');
    BOOST_TEST(read("k=" + value + "\nl=m\n") == "1 .k=" + value + "|2 .l=m");
    BOOST_TEST(read("k=" + value + "w\nl=m\n") == "1!longer than 196 octets|2 .l=m");
}

BOOST_AUTO_TEST_SUITE_END()
