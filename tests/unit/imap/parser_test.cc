// SPDX-License-Identifier: ISC
#include "imap/parser.h"

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using imap::Parser;
using imap::SyntaxError;

std::string joined(const std::vector<std::string>& list)
{
    std::string text;
    for (const std::string& item : list)
        text += item + ';';
    return text;
}

std::string path_text(Parser& in)
{
    std::string text;
    for (const imap::Number n : in.section_part())
        text += std::to_string(n) + ';';
    return text;
}

std::string partial_text(Parser& in)
{
    const imap::Partial partial = in.partial();
    return std::to_string(partial.offset) + '+' + std::to_string(partial.octets);
}

std::string date_text(Parser& in)
{
    const imap::Date date = in.date();
    return std::to_string(date.year) + '/' + std::to_string(date.month) + '/' +
           std::to_string(date.day);
}

/// One operation of the parser, its value as text.
struct Operation {
    const char* name;
    std::function<std::string(Parser&)> run;
};

const Operation operations[] = {
    {"tag", [](Parser& in) { return std::string(in.tag()); }},
    {"command_word", [](Parser& in) { return in.command_word(); }},
    {"atom", [](Parser& in) { return std::string(in.atom()); }},
    {"astring", [](Parser& in) { return in.astring(); }},
    {"string", [](Parser& in) { return in.string(); }},
    {"nstring", [](Parser& in) { return in.nstring().value_or("(nil)"); }},
    {"literal", [](Parser& in) { return std::string(in.literal()); }},
    {"list_mailbox", [](Parser& in) { return in.list_mailbox(); }},
    {"mailbox", [](Parser& in) { return in.mailbox(); }},
    {"number", [](Parser& in) { return std::to_string(in.number()); }},
    {"nz_number", [](Parser& in) { return std::to_string(in.nz_number()); }},
    {"number64", [](Parser& in) { return std::to_string(in.number64()); }},
    {"mod_sequence", [](Parser& in) { return std::to_string(in.mod_sequence()); }},
    {"sequence_set", [](Parser& in) { return in.sequence_set().resolve(9).to_text(); }},
    {"seq_number", [](Parser& in) { return in.seq_number().resolve(9).to_text(); }},
    {"keyword", [](Parser& in) { return in.keyword(); }},
    {"flags", [](Parser& in) { return in.flags().to_text(); }},
    {"date", date_text},
    {"date_time", [](Parser& in) { return std::to_string(in.date_time().seconds); }},
    {"section_part", path_text},
    {"header_list", [](Parser& in) { return joined(in.header_list()); }},
    {"partial", partial_text},
};

/// What `operation` makes of `text`, which it must take to its end; "!" and what
/// SyntaxError says if it does not.
std::string parsed(std::string_view operation, std::string_view text)
{
    for (const Operation& o : operations) {
        if (o.name != operation)
            continue;
        Parser in(text);
        try {
            const std::string value = o.run(in);
            in.end();
            return value;
        } catch (const SyntaxError& e) {
            return std::string("!") + e.what();
        }
    }
    return "no such operation";
}

struct Case {
    const char* operation;
    std::string_view text;
    std::string_view expected;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.operation << ' ' << c.text;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(parser)

using namespace std::string_view_literals;

const Case accepted[] = {
    {"tag", "a1", "a1"},
    {"tag", "A.]#!", "A.]#!"},
    {"command_word", "uid", "UID"},
    {"command_word", "x-Thing_2", "X-THING_2"},
    {"atom", "a!#$&'+,-./:;<=>?@[^_`|}~1", "a!#$&'+,-./:;<=>?@[^_`|}~1"},
    {"astring", "a]b", "a]b"},
    {"astring", "NIL", "NIL"}, // an astring is never nil
    {"astring", "\"\"", ""},
    {"astring", "\"a\\\"b\\\\c\"", "a\"b\\c"},
    {"astring", "\"\xC3\xBC\"", "\xC3\xBC"},
    {"astring", "{3}\r\na\"b", "a\"b"},
    {"astring", "{0}\r\n", ""},
    {"astring", "{3+}\r\n\r\n)", "\r\n)"},
    {"string", "\"a b\"", "a b"},
    {"nstring", "nil", "(nil)"},
    {"nstring", "\"nil\"", "nil"},
    {"nstring", "{1}\r\nx", "x"},
    {"literal", "{1}\r\nx", "x"},
    {"literal", "{0001}\r\nx", "x"},
    {"literal", "~{1}\r\n\0"sv, "\0"sv},
    {"list_mailbox", "a.%*]", "a.%*]"},
    {"list_mailbox", "\"a b%\"", "a b%"},
    {"list_mailbox", "{2}\r\n* ", "* "},
    {"mailbox", "inbox", "INBOX"},
    {"mailbox", "\"iNBOX\"", "INBOX"},
    {"mailbox", "{5}\r\ninbox", "INBOX"},
    {"mailbox", "inbox.a", "inbox.a"},
    {"number", "0", "0"},
    {"number", "007", "7"},
    {"number", "4294967295", "4294967295"},
    {"nz_number", "4294967295", "4294967295"},
    {"number64", "9223372036854775807", "9223372036854775807"},
    {"mod_sequence", "0", "0"},
    {"sequence_set", "1,3:4,*", "1,3:4,9"},
    {"seq_number", "4294967295", "4294967295"},
    {"seq_number", "*", "9"},
    {"keyword", "$Junk", "$Junk"},
    {"flags", "()", "()"},
    {"flags", "(\\seen \\DELETED $a $A)", "(\\Deleted \\Seen $a)"},
    {"flags", "\\Answered", "(\\Answered)"},
    {"flags", "\\Flagged \\Draft x", "(\\Flagged \\Draft x)"},
    {"flags", "(\\Seen \\Foo)", "(\\Seen)"}, // flag-extension, not stored
    {"date", "1-Feb-1994", "1994/2/1"},
    {"date", "\"01-FEB-1994\"", "1994/2/1"},
    {"date_time", "\" 1-Jan-1970 00:00:01 +0000\"", "1"},
    {"section_part", "1", "1;"},
    {"section_part", "1.2.34", "1;2;34;"},
    {"header_list", "(From)", "From;"},
    {"header_list", "(From \"To\" {2}\r\nCc)", "From;To;Cc;"},
    {"partial", "<0.1>", "0+1"},
    {"partial", "<4294967296.9223372036854775807>", "4294967296+9223372036854775807"},
};

BOOST_DATA_TEST_CASE(takes, accepted)
{
    BOOST_TEST(parsed(sample.operation, sample.text) == sample.expected);
}

const Case refused[] = {
    {"tag", "", ""},
    {"tag", "+", ""},
    {"tag", "a+b", ""},
    {"tag", "a%", ""},
    {"tag", "\"a\"", ""},
    {"command_word", "", ""},
    {"command_word", "a.b", ""},
    {"atom", "", ""},
    {"atom", "a b", ""},
    {"atom", "a]", ""},
    {"atom", "a\x7f", ""},
    {"atom", "\xC3\xBC", ""},
    {"atom", "\"a\"", ""},
    {"astring", "", ""},
    {"astring", "(", ""},
    {"astring", "a*", ""},
    {"astring", "a\"", ""},
    {"astring", "\"a", ""},
    {"astring", "\"", ""},
    {"astring", "\"a\\", ""},
    {"astring", "\"a\\b\"", ""},
    {"astring", "\"a\nb\"", ""},
    {"astring", "\"a\rb\"", ""},
    {"astring", "\"a\0b\""sv, ""},
    {"astring", "{1}x", ""},
    {"astring", "{1}\nx", ""},
    {"astring", "{2}\r\nx", ""},
    {"astring", "{1}\r\nxy", ""},
    {"astring", "{}\r\n", ""},
    {"astring", "{-1}\r\n", ""},
    {"astring", "{99999999999999999999}\r\nx", ""},
    {"astring", "{9223372036854775807}\r\nx", ""},
    {"astring", "~{1}\r\nx", ""}, // literal8 is no astring
    {"literal", "{1}\r\n\0"sv, ""},
    {"literal", "\"a\"", ""},
    {"string", "a", ""},
    {"string", "", ""},
    {"nstring", "a", ""},
    {"nstring", "nill", ""},
    {"list_mailbox", "", ""},
    {"list_mailbox", "a(", ""},
    {"mailbox", "a%", ""},
    {"number", "", ""},
    {"number", "4294967296", ""},
    {"number", "99999999999999999999999", ""},
    {"number", "-1", ""},
    {"number", "+1", ""},
    {"nz_number", "0", ""},
    {"nz_number", "01", ""},
    {"number64", "9223372036854775808", ""},
    {"mod_sequence", "9223372036854775808", ""},
    {"sequence_set", "", ""},
    {"sequence_set", "0", ""},
    {"sequence_set", "1,", ""},
    {"sequence_set", "a", ""},
    {"seq_number", "0", ""},
    {"seq_number", "1:2", ""},
    {"seq_number", "1,2", ""},
    {"seq_number", "*:1", ""},
    {"seq_number", "$", ""},
    {"keyword", "\\Seen", ""},
    {"flags", "", ""},
    {"flags", "(", ""},
    {"flags", "( \\Seen)", ""},
    {"flags", "(\\Seen )", ""},
    {"flags", "(\\Seen  x)", ""},
    {"flags", "\\Seen ", ""},
    {"flags", "(\\Recent)", ""},
    {"flags", "\\recent", ""},
    {"flags", "(\\*)", ""},
    {"flags", "(\\)", ""},
    {"flags", "((x))", ""},
    {"date", "\"1-Feb-1994", ""},
    {"date", "1-Feb-1994\"", ""},
    {"date", "30-Feb-1994", ""},
    {"date_time", " 1-Jan-1970 00:00:01 +0000", ""},
    {"date_time", "\"1-Jan-1970 00:00:01 +0000\"", ""},
    {"date_time", "\"", ""},
    {"section_part", "", ""},
    {"section_part", "0", ""},
    {"section_part", "1.0", ""},
    {"section_part", "1.", ""},
    {"section_part", "1.MIME", ""}, // stops there, it does not end there
    {"header_list", "()", ""},
    {"header_list", "(From", ""},
    {"header_list", "(From  To)", ""},
    {"header_list", "From", ""},
    {"partial", "<0.0>", ""},
    {"partial", "<0>", ""},
    {"partial", "<.1>", ""},
    {"partial", "<0.9223372036854775808>", ""},
};

BOOST_DATA_TEST_CASE(refuses, refused)
{
    BOOST_TEST(parsed(sample.operation, sample.text).substr(0, 1) == "!");
}

BOOST_AUTO_TEST_CASE(messages_say_what_was_expected)
{
    BOOST_TEST(parsed("number", "x") == "!Expected a number");
    BOOST_TEST(parsed("number", "") == "!Expected a number but the command ended");
    Parser in("x");
    try {
        in.space("the mailbox name");
        BOOST_FAIL("nothing was thrown");
    } catch (const SyntaxError& e) {
        BOOST_TEST(std::string(e.what()) == "Expected a space before the mailbox name");
    }
}

BOOST_AUTO_TEST_CASE(reads_a_command_from_left_to_right)
{
    Parser in("a1 UID STORE 1:* (UNCHANGEDSINCE 7) +flags.silent (\\Seen)");
    BOOST_TEST(in.tag() == "a1");
    in.space();
    BOOST_TEST(in.command_word() == "UID");
    in.space();
    BOOST_TEST(in.sees("store"));
    BOOST_TEST(in.command_word() == "STORE");
    in.space();
    in.sequence_set();
    in.space();
    BOOST_TEST(in.accept("(unchangedsince "));
    BOOST_TEST(in.mod_sequence() == 7u);
    in.expect(") ");
    BOOST_TEST(!in.accept("-"));
    BOOST_TEST(in.accept("+"));
    BOOST_TEST(in.peek() == 'f');
    in.expect("FLAGS");
    BOOST_TEST(in.accept(".SILENT"));
    in.space();
    BOOST_TEST(in.rest() == "(\\Seen)");
    BOOST_TEST(in.flags().to_text() == "(\\Seen)");
    BOOST_TEST(in.at_end());
    BOOST_TEST(in.peek() == '\0');
    in.end();
}

BOOST_AUTO_TEST_CASE(section_numbers_stop_in_front_of_a_word)
{
    Parser in("1.2.MIME]");
    BOOST_TEST(path_text(in) == "1;2;");
    BOOST_TEST(in.rest() == ".MIME]");
}

BOOST_AUTO_TEST_CASE(bounds_hold)
{
    const std::string tag(Parser::max_tag, 'a');
    BOOST_TEST(parsed("tag", tag) == tag);
    BOOST_TEST(parsed("tag", tag + 'a') == "!The tag is too long");

    std::string path = "1";
    for (std::size_t i = 1; i < Parser::max_section_depth; ++i)
        path += ".1";
    BOOST_TEST(parsed("section_part", path).substr(0, 2) == "1;");
    BOOST_TEST(parsed("section_part", path + ".1") ==
               "!The section has too many numbers");

    std::string fields = "(a";
    for (std::size_t i = 1; i < Parser::max_header_fields; ++i)
        fields += " a";
    BOOST_TEST(parsed("header_list", fields + ')').substr(0, 2) == "a;");
    BOOST_TEST(parsed("header_list", fields + " a)") ==
               "!There are too many header fields");

    const std::string keyword(imap::Flags::max_keyword_length, 'k');
    BOOST_TEST(parsed("flags", keyword) == '(' + keyword + ')');
    BOOST_TEST(parsed("flags", keyword + 'k') == "!The keyword is too long");

    std::string flags = "(k";
    for (std::size_t i = 1; i < imap::Flags::max_keywords; ++i)
        flags += " k" + std::to_string(i);
    BOOST_TEST(parsed("flags", flags + ')') == flags + ')');
    BOOST_TEST(parsed("flags", flags + " x)") == "!There are too many keywords");

    std::string set = "1";
    for (std::size_t i = 1; i < imap::SequenceSet::max_ranges; ++i)
        set += ",1";
    BOOST_TEST(parsed("sequence_set", set) == "1");
    BOOST_TEST(parsed("sequence_set", set + ",1") == "!The sequence set is too long");
}

BOOST_AUTO_TEST_CASE(takes_only_utf8_in_quotes_when_told_so)
{
    using Quoted = Parser::Quoted;
    const auto takes = [](std::string_view text, Quoted quoted) {
        Parser in(text, quoted);
        try {
            static_cast<void>(in.astring());
            return in.over(text).astring().size() + 2 == text.size();
        } catch (const imap::SyntaxError&) {
            return false;
        }
    };
    BOOST_TEST(takes("\"\xc3\xa4\"", Quoted::Utf8));
    BOOST_TEST(takes("\"\xe4\"", Quoted::AnyOctets));
    for (const char* text : {"\"\xe4\"", "\"\xc3\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"",
                             "\"\xf4\x90\x80\x80\""})
        BOOST_TEST(!takes(text, Quoted::Utf8));
}

BOOST_AUTO_TEST_SUITE_END()
