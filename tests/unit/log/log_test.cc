// SPDX-License-Identifier: ISC
#include "log/log.h"

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using logging::CaptureSink;
using logging::Field;
using logging::Level;
using logging::Log;

struct Case {
    std::string_view value;
    std::string_view expected;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.expected;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(log_lines)

const Case values[] = {
    {"ann", "k=ann"},
    {"2001:db8::7", "k=2001:db8::7"},
    {"/home/ann/Maildir", "k=/home/ann/Maildir"},
    {"", "k=\"\""},
    {"two words", "k=\"two words\""},
    {"a=b", "k=\"a=b\""},
    {"say \"hi\"", "k=\"say \\\"hi\\\"\""},
    {"back\\slash", "k=\"back\\\\slash\""},
    {"x\nlogin user=root", "k=\"x\\nlogin user=root\""}, // no forged lines
    {"a\rb\tc", "k=\"a\\rb\\tc\""},
    {std::string_view("nul\0", 4), "k=\"nul\\x00\""},
    {"\x1b[2J", "k=\"\\x1b[2J\""},
    {"\x7f", "k=\"\\x7f\""},
    {"j\xc3\xbcrgen", "k=\"j\\xc3\\xbcrgen\""},
};

BOOST_DATA_TEST_CASE(quotes_what_needs_it, values)
{
    BOOST_TEST(Field("k", sample.value).to_text() == sample.expected);
}

BOOST_AUTO_TEST_CASE(integers_are_written_in_decimal)
{
    BOOST_TEST(Field("n", 7).to_text() == "n=7");
    BOOST_TEST(Field("n", -7).to_text() == "n=-7");
    BOOST_TEST(Field("n", std::uint64_t{18446744073709551615U}).to_text() ==
               "n=18446744073709551615");
}

BOOST_AUTO_TEST_CASE(bounds_the_length_of_a_value)
{
    const std::string whole(Field::max_value, 'a');
    BOOST_TEST(Field("k", whole).to_text() == "k=" + whole);
    BOOST_TEST(Field("k", whole + "b").to_text() == "k=" + whole + "...");

    const std::string controls(Field::max_value + 1, '\n');
    const std::string text = Field("k", controls).to_text();
    BOOST_TEST(text.size() == std::string_view("k=\"...\"").size() + 1024);
    BOOST_TEST(text.ends_with("\\n...\""));
}

BOOST_AUTO_TEST_CASE(one_event_is_one_line)
{
    CaptureSink sink;
    const Log log;
    log.info("start");
    log.warn("slow", {{"seconds", 3}});
    log.error("open", {{"path", "/a b"}, {"why", "No such file"}});
    BOOST_REQUIRE(sink.lines.size() == 3U);
    BOOST_TEST(sink.lines[0].text == "start");
    BOOST_TEST((sink.lines[0].level == Level::Info));
    BOOST_TEST(sink.lines[1].text == "slow seconds=3");
    BOOST_TEST((sink.lines[1].level == Level::Warn));
    BOOST_TEST(sink.lines[2].text == "open path=\"/a b\" why=\"No such file\"");
    BOOST_TEST((sink.lines[2].level == Level::Error));
}

BOOST_AUTO_TEST_CASE(shared_fields_come_first_and_leave_the_parent_alone)
{
    CaptureSink sink;
    const Log log;
    const Log session = log.with({{"sid", "x1"}});
    const Log user = session.with({{"user", "ann"}});
    user.info("select", {{"mailbox", "INBOX"}});
    session.info("bye");
    log.info("stop");
    BOOST_REQUIRE(sink.lines.size() == 3U);
    BOOST_TEST(sink.lines[0].text == "select sid=x1 user=ann mailbox=INBOX");
    BOOST_TEST(sink.lines[1].text == "bye sid=x1");
    BOOST_TEST(sink.lines[2].text == "stop");
}

BOOST_AUTO_TEST_SUITE_END()
