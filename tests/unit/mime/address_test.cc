// SPDX-License-Identifier: ISC
#include "mime/address.h"

#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

using mime::Address;
using mime::parse_addresses;

namespace {

/// Four parts between bars, `-` for one that is absent.
std::string shown(const mime::Addresses& addresses)
{
    std::string out;
    for (const Address& a : addresses) {
        if (!out.empty())
            out += ' ';
        for (const auto* part : {&a.name, &a.route, &a.mailbox, &a.host})
            out += "|" + part->value_or("-");
        out += '|';
    }
    return out;
}

void check(std::initializer_list<std::pair<const char*, const char*>> cases)
{
    for (const auto& [value, wanted] : cases)
        BOOST_TEST(shown(parse_addresses(value)) == wanted, value);
}

} // namespace

BOOST_AUTO_TEST_SUITE(address)

BOOST_AUTO_TEST_CASE(reads_what_rfc_5322_allows)
{
    check({
        {"", ""},
        {"a@b", "|-|-|a|b|"},
        {"Ann <a@b>", "|Ann|-|a|b|"},
        {"Joe Q. Public <john.q.public@example.com>",
         "|Joe Q. Public|-|john.q.public|example.com|"},
        {"\"Joe Q. Public\" <j@x>, Mary  Smith <m@y>, <z@z>",
         "|Joe Q. Public|-|j|x| |Mary Smith|-|m|y| |-|-|z|z|"},
        {"\"q\\\"uo\" <\"a b\"@c>", "|q\"uo|-|a b|c|"},
        {"a@[192.0.2.1]", "|-|-|a|[192.0.2.1]|"},
        {"a@[IPv6:2001:db8::1], b@c", "|-|-|a|[IPv6:2001:db8::1]| |-|-|b|c|"},
        {"=?utf-8?q?=C3=84?= <a@b>", "|=?utf-8?q?=C3=84?=|-|a|b|"},
        {"J\xF6rg <j@x>", "|J\xF6rg|-|j|x|"},
        {"Ann\r\n <a@b>,\r\n c@d", "|Ann|-|a|b| |-|-|c|d|"},
    });
}

BOOST_AUTO_TEST_CASE(groups_have_a_start_and_an_end)
{
    check({
        {"Grp: a@b, C <c@d>;, e@f",
         "|-|-|Grp|-| |-|-|a|b| |C|-|c|d| |-|-|-|-| |-|-|e|f|"},
        {"undisclosed-recipients:;", "|-|-|undisclosed-recipients|-| |-|-|-|-|"},
        {"A Group (c) : ;", "|-|-|A Group|-| |-|-|-|-|"},
        {"\"Grp, x\": a@b;", "|-|-|Grp, x|-| |-|-|a|b| |-|-|-|-|"},
        {"Grp: a@b", "|-|-|Grp|-| |-|-|a|b| |-|-|-|-|"}, // closed for it
        {"A:;B:c@d;", "|-|-|A|-| |-|-|-|-| |-|-|B|-| |-|-|c|d| |-|-|-|-|"},
        {"::", "|-|-||-| |-|-|-|-|"},
    });
    BOOST_TEST(parse_addresses("G:;")[0].is_group_start());
    BOOST_TEST(parse_addresses("G:;")[1].is_group_end());
    BOOST_TEST(!parse_addresses("a")[0].is_group_start());
}

BOOST_AUTO_TEST_CASE(comments_are_names_only_where_nothing_else_is)
{
    check({
        {"a@b (Full (nested) Name)", "|Full (nested) Name|-|a|b|"},
        {"a@b (x) (y)", "|y|-|a|b|"},
        {"(c) a@b", "|-|-|a|b|"},
        {"X (y) Z <c@d> (e)", "|X Z|-|c|d|"},
        {"(foo) <a@b>", "|-|-|a|b|"},
        {"a@b (quo\\)ted)", "|quo)ted|-|a|b|"},
        {"a(c)@(d)b(e).f", "|e|-|a|b.f|"},
        {"(only)", ""},
    });
}

BOOST_AUTO_TEST_CASE(reads_obsolete_forms)
{
    check({
        {"<@x,@y:a@b>", "|-|@x,@y|a|b|"},
        {"Foo <@x:a@b>, c@d", "|Foo|@x|a|b| |-|-|c|d|"},
        {"a . b @ c . d", "|-|-|a.b|c.d|"},
        {"\"a\".b@c", "|-|-|a.b|c|"},
        {", ,a@b,,", "|-|-|a|b|"}, // RFC 5322 §4.4: empty elements
    });
}

BOOST_AUTO_TEST_CASE(makes_the_best_of_what_is_wrong)
{
    check({
        {"user", "|-|-|user||"},
        {"Foo <bar>", "|Foo|-|bar||"},
        {"<>", "|-|-|||"},
        {"Foo <>", "|Foo|-|||"},
        {"foo bar baz", "|foo bar baz|-|||"},
        {"foo bar@baz, c@d", "|foo bar|-||| |-|-|c|d|"},
        {"<a@b", "|-|-|a|b|"},
        {"a@b>", "|-|-|a|b|"},
        {"Foo <a@b c>", "|Foo|-|a|b|"},
        {"a@b <c@d>", "|a@b|-|c|d|"},
        {"Foo <a@b, c@d", "|Foo|-|a|b| |-|-|c|d|"},
        {"a@b; c@d", "|-|-|a|b| |-|-|c|d|"},
        {"a@", "|-|-|a||"},
        {"@b", "|-|-||b|"},
        {"\"open <a@b>, c@d", "|\"open|-|a|b| |-|-|c|d|"},
        {"(open a@b", ""},
        {"a@[1.2, c@d", "|-|-|a|[1.2| |-|-|c|d|"},
        {"<a b@c>", "|-|-|a b|c|"},
        {"a..b@c", "|-|-|a..b|c|"},
        {"<@b>", "|-|-||b|"},
        {"Outer: Inner: a@b;;", "|-|-|Outer|-| |-|-|Inner|| |-|-|a|b| |-|-|-|-|"},
        {"<@x,@y", "|-|-||x|"},
        {">", "|>|-|||"},
        {"@", "|-|-|||"},
    });
}

BOOST_AUTO_TEST_CASE(a_list_has_a_longest_form)
{
    std::string value;
    for (std::size_t i = 0; i < 2 * mime::max_addresses; ++i)
        value += "a,";
    const auto many = parse_addresses("G:" + value);
    BOOST_TEST(many.size() <= mime::max_addresses);
    BOOST_TEST(many.size() > mime::max_addresses - 4);
    BOOST_TEST(many.back().is_group_end());
}

BOOST_AUTO_TEST_CASE(a_quarter_megabyte_of_anything_takes_no_time)
{
    for (const char* const unit :
         {"(", ")", "\"", "\\\"", "<",  ">",   "@",    ",",    ":",  ";",
          "[", "]", "a ", "<@",   "a.", "(a)", "\"\"", "a@b<", "\n", "\\"}) {
        std::string value;
        while (value.size() < (std::size_t{1} << 18))
            value += unit;
        BOOST_TEST(parse_addresses(value).size() <= mime::max_addresses);
    }
}

BOOST_AUTO_TEST_SUITE_END()
