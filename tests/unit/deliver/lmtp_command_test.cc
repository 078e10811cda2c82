// SPDX-License-Identifier: ISC
#include "deliver/lmtp_command.h"

#include <ostream>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using deliver::parse_chunk;
using deliver::parse_path;

struct Case {
    const char* rest;
    const char* expected; ///< address, and "|KEYWORD=value" for each parameter
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.rest;
    }
};

std::string shown(const deliver::LmtpPath& path)
{
    std::string text = path.address;
    for (const auto& [keyword, value] : path.parameters)
        text += '|' + keyword + '=' + value;
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(lmtp_command)

BOOST_AUTO_TEST_CASE(the_word_is_taken_off)
{
    const auto command = deliver::split_command("mail FROM:<a@b> X");
    BOOST_TEST(command.word == "MAIL");
    BOOST_TEST(command.rest == "FROM:<a@b> X");
    BOOST_TEST(deliver::split_command("quit").word == "QUIT");
    BOOST_TEST(deliver::split_command("").word == "");
}

const Case accepted[] = {
    {"FROM:<ann@example.org>", "ann@example.org"},
    {"from:<>", ""},
    {"FROM: <ann@example.org>", "ann@example.org"}, // not ABNF, but widely sent
    {"FROM:<ann@example.org> SIZE=10 body=8bitmime SMTPUTF8",
     "ann@example.org|SIZE=10|BODY=8bitmime|SMTPUTF8="},
    {"FROM:<ann@example.org> ", "ann@example.org"},
    {"FROM:<ann>", "ann"},
    {"FROM:<\"ann b\"@example.org>", "ann b@example.org"},
    {"FROM:<\"a\\\"b>\"@example.org>", "a\"b>@example.org"},
    {"FROM:<@x,@y:ann@example.org>", "ann@example.org"},
    {"FROM:<\xc3\xa4nn@example.org>", "\xc3\xa4nn@example.org"},
};

BOOST_DATA_TEST_CASE(reads_a_path, accepted)
{
    const auto path = parse_path(sample.rest, "FROM:");
    BOOST_REQUIRE(path.has_value());
    BOOST_TEST(shown(*path) == sample.expected);
}

const char* const refused[] = {"",
                               "FROM",
                               "TO:<a@b>",
                               "FROM:",
                               "FROM:a@b",
                               "FROM:<a@b",
                               "FROM:<a b>",
                               "FROM:<a<b>",
                               "FROM:<a@b>x",
                               "FROM:<\"a>",
                               "FROM:<\"a\\",
                               "FROM:<a\"b\"@c>",
                               "FROM:<\"a\"b@c>",
                               "FROM:<@x>",
                               "FROM:<@x:>x",
                               "FROM:<a\tb>",
                               "FROM:<a\x7f@b>"};

BOOST_DATA_TEST_CASE(refuses_what_is_no_path, refused)
{
    BOOST_TEST(!parse_path(sample, "FROM:"));
}

BOOST_AUTO_TEST_CASE(chunks)
{
    BOOST_TEST(parse_chunk("0")->octets == 0U);
    BOOST_TEST(!parse_chunk("7")->is_last);
    BOOST_TEST(parse_chunk("7 LAST")->is_last);
    BOOST_TEST(parse_chunk("7 last")->octets == 7U);
    BOOST_TEST(parse_chunk("9223372036854775807").has_value());
    for (const char* const bad :
         {"", "LAST", "-1", "+1", "1x", "1 FIRST", "9223372036854775808"})
        BOOST_TEST(!parse_chunk(bad));
}

BOOST_AUTO_TEST_SUITE_END()
