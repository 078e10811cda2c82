// SPDX-License-Identifier: ISC
#include "text/json.h"

#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using base::Errc;
using text::Json;

} // namespace

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(reads_members_of_all_kinds)
{
    const auto value = Json::parse(
        R"( {"iss":"https:\/\/id.example", "exp" : 1700000000, "aud":["a", "b"],)"
        "\r\n\t"
        R"("deep":{"x":-1.5e2}, "on":true, "off":false, "none":null, "":""} )");
    BOOST_REQUIRE(value.has_value());
    BOOST_TEST(*value->member("iss")->string() == "https://id.example");
    BOOST_TEST(*value->member("exp")->number() == 1700000000.0);
    BOOST_TEST(value->member("aud")->array()->size() == 2U);
    BOOST_TEST(*value->member("aud")->array()->at(1).string() == "b");
    BOOST_TEST(*value->member("deep")->member("x")->number() == -150.0);
    BOOST_TEST(value->member("none")->string() == nullptr);
    BOOST_TEST(!value->member("on")->number().has_value());
    BOOST_TEST(value->member("")->string()->empty());
    BOOST_TEST(value->member("other") == nullptr);
    BOOST_TEST(value->member("iss")->member("x") == nullptr);
    BOOST_TEST(value->array() == nullptr);
    BOOST_TEST(Json::parse("{}").has_value());
    BOOST_TEST(Json::parse("[]")->array()->empty());
}

BOOST_AUTO_TEST_CASE(strings_have_escapes)
{
    const auto string = [](std::string_view text) {
        return *Json::parse(text)->string();
    };
    BOOST_TEST(string(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
    BOOST_TEST(string(R"("\u0041\u00e9\u20ac\ud83d\udcec")") ==
               "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\xac");
    BOOST_TEST(string("\"\xc3\xa9\"") == "\xc3\xa9");
    BOOST_TEST(string(R"("\u0000")") == std::string(1, '\0'));
}

const char* const refused[] = {"",
                               "{",
                               "}",
                               "[1,]",
                               "[1 2]",
                               "{\"a\"}",
                               "{\"a\":}",
                               "{\"a\":1,}",
                               "{a:1}",
                               "{\"a\":1,\"a\":2}",
                               "\"",
                               "\"\\x\"",
                               "\"\\u12\"",
                               "\"\\u+123\"",
                               "\"\\ud800\"",
                               "\"\\udc00\"",
                               "\"\\ud800\\u0041\"",
                               "\"\n\"",
                               "tru",
                               "1 1",
                               "+1",
                               "1e",
                               "1e999",
                               "\"\xff\"",
                               "nan"};

BOOST_DATA_TEST_CASE(refuses, refused)
{
    const auto value = Json::parse(sample);
    BOOST_REQUIRE(!value);
    BOOST_TEST((value.error().code == Errc::Syntax));
}

BOOST_AUTO_TEST_CASE(depth_has_a_bound)
{
    const auto nested = [](int depth) {
        const auto n = static_cast<std::size_t>(depth);
        return std::string(n, '[') + "1" + std::string(n, ']');
    };
    BOOST_TEST(Json::parse(nested(Json::max_depth)).has_value());
    BOOST_TEST((Json::parse(nested(Json::max_depth + 1)).error().code == Errc::Limit));
}

BOOST_AUTO_TEST_SUITE_END()
