// SPDX-License-Identifier: ISC
#include "mime/header.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using mime::Header;
using Which = mime::Header::Which;

BOOST_AUTO_TEST_SUITE(header)

BOOST_AUTO_TEST_CASE(fields_come_in_order_with_their_octets)
{
    const Header header =
        Header::parse("From: a\r\nSubject:  b\r\n\tc \r\nfrom:d\r\n\r\nbody");
    BOOST_REQUIRE(header.fields().size() == 3u);
    BOOST_TEST(header.fields()[1].raw == "Subject:  b\r\n\tc \r\n");
    BOOST_TEST(header.fields()[1].name() == "Subject");
    BOOST_TEST(header.fields()[1].value() == "b\tc ");
    BOOST_TEST(header.field("FROM")->value() == "a");
    BOOST_TEST(header.fields("From").size() == 2u);
    BOOST_TEST(header.fields("from")[1]->value() == "d");
    BOOST_TEST(header.field("To") == nullptr);
    BOOST_TEST(header.end() == "\r\n");
    BOOST_TEST(header.octets() == 37u);
}

BOOST_AUTO_TEST_CASE(takes_any_octets)
{
    using namespace std::string_literals;
    const Header header =
        Header::parse(" lead\nno colon\nA : x\n: y\nB:\n \n z\nC: \0\r\xE4\r\n"s);
    BOOST_REQUIRE(header.fields().size() == 6u);
    BOOST_TEST(header.fields()[0].name() == "");
    BOOST_TEST(header.fields()[1].name() == "");
    BOOST_TEST(header.fields()[2].name() == "A");
    BOOST_TEST(header.fields()[3].name() == "");
    BOOST_TEST(header.fields()[3].value() == "y");
    BOOST_TEST(header.field("b")->value() == "z");
    BOOST_TEST(header.field("c")->value() == "\0\r\xE4"s);
    BOOST_TEST(header.field("") == nullptr);
    BOOST_TEST(header.end() == "");
    BOOST_TEST(Header::parse("").fields().empty());
    BOOST_TEST(Header::parse("\n").end() == "\n");
    BOOST_TEST(Header::parse("\r").end() == ""); // a bare CR ends nothing
    BOOST_TEST(Header::parse("A: x\r\r\nB: y").fields().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_value_may_begin_after_a_fold)
{
    BOOST_TEST(Header::parse("A:\r\n b\r\n").field("a")->value() == "b");
    BOOST_TEST(Header::parse("A:").field("a")->value() == "");
    BOOST_TEST(Header::parse("A: \t\n \n").field("a")->value() == "");
}

BOOST_AUTO_TEST_CASE(selects_named_fields_or_the_others)
{
    const Header header = Header::parse("To: a\nCC: b\n c\njunk\nto:d\n\nbody");
    const std::vector<std::string> names = {"TO", "bcc"};
    BOOST_TEST(header.select(names, Which::Named) == "To: a\nto:d\n\n");
    BOOST_TEST(header.select(names, Which::NotNamed) == "CC: b\n c\njunk\n\n");
    BOOST_TEST(header.select({}, Which::Named) == "\n");
    BOOST_TEST(header.select({}, Which::NotNamed) ==
               "To: a\nCC: b\n c\njunk\nto:d\n\n");
}

BOOST_AUTO_TEST_CASE(without_an_empty_line_none_is_made_up)
{
    const std::vector<std::string> names = {"To"};
    BOOST_TEST(Header::parse("To: a\nX: b\n").select(names, Which::Named) == "To: a\n");
    BOOST_TEST(Header::parse("").select(names, Which::Named) == "");
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_fields_take_no_time)
{
    std::string bytes;
    std::vector<std::string> names;
    for (int i = 0; i < 100000; ++i) {
        bytes += "X" + std::to_string(i) + ": y\n";
        if (i % 100 == 0)
            names.push_back("x" + std::to_string(i));
    }
    const Header header = Header::parse(bytes);
    BOOST_TEST(header.fields().size() == 100000u);
    BOOST_TEST(Header::parse(header.select(names, Which::Named)).fields().size() ==
               1000u);
}

BOOST_AUTO_TEST_SUITE_END()
