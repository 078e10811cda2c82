// SPDX-License-Identifier: ISC
#include "mime/parameters.h"

#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

using mime::parameter;
using mime::parse_content_type;

namespace {

std::string shown(const mime::Parameters& parameters)
{
    std::string out;
    for (const auto& [name, value] : parameters)
        out += "[" + name + "|" + value + "]";
    return out;
}

std::string shown(std::string_view content_type)
{
    const auto read = parse_content_type(content_type);
    return read.type + "/" + read.subtype + shown(read.parameters);
}

} // namespace

BOOST_AUTO_TEST_SUITE(parameters)

BOOST_AUTO_TEST_CASE(reads_content_types)
{
    const std::pair<const char*, const char*> values[] = {
        {"text/plain", "text/plain"},
        {"TEXT/HTML; x=y", "TEXT/HTML[x|y]"},
        {"text / plain (c) ; charset (d) = (e) \"x\"", "text/plain[charset|x]"},
        {"a/b; c=\"d\\\"e;f\"", "a/b[c|d\"e;f]"},
        {"a/b;\r\n\tc=d;\r\n e=f", "a/b[c|d][e|f]"},
        {"image/svg+xml", "image/svg+xml"},
        // What is wrong, and common.
        {"text/plain;; charset=utf-8;", "text/plain[charset|utf-8]"},
        {"text/plain charset=utf-8", "text/plain[charset|utf-8]"},
        {"text/plain, charset=utf-8", "text/plain[charset|utf-8]"},
        {"a/b; charset=utf-8 format=flowed", "a/b[charset|utf-8][format|flowed]"},
        {"a/b; foo; bar=; baz=a b; =x; s=t", "a/b[baz|a][s|t]"},
        {"a/b; name=x[1].txt; c=d", "a/b[name|x[1].txt][c|d]"},
        {"a/b; boundary=x=_y/z=; c=d", "a/b[boundary|x=_y/z=][c|d]"},
        {"a/b; name=\xE4.txt; c=\"open; d=e", "a/b[name|\xE4.txt][c|open][d|e]"},
        {"text/plain; charset=\"utf-8", "text/plain[charset|utf-8]"},
        {"a/b; c=\"\"", "a/b[c|]"},
        {"a/b; c=(v)d", "a/b[c|d]"},
    };
    for (const auto& [value, wanted] : values)
        BOOST_TEST(shown(value) == wanted, value);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_has_no_type)
{
    for (const char* const value : {"", "text", "text/", "/plain", "text;charset=x",
                                    "\"text\"/plain", "; a=b", "("})
        BOOST_TEST(shown(value) == "/", value);
}

BOOST_AUTO_TEST_CASE(joins_continuations)
{
    const std::pair<const char*, const char*> values[] = {
        {"a/b; x*0=a; x*1=\"b c\"", "a/b[x|ab c]"},
        {"a/b; x*1=b; y=z; x*0=a", "a/b[x|ab][y|z]"},
        {"a/b; X*0=a; x*1=b", "a/b[X|ab]"},
        {"a/b; x*0*=utf-8''a%20; x*1*=b%c3%a4; x*2=100%",
         "a/b[x*|utf-8''a%20b%c3%a4100%25]"},
        {"a/b; x*=us-ascii'en-us'This%20is", "a/b[x*|us-ascii'en-us'This%20is]"},
        {"a/b; x*0=a; x*2=c", "a/b[x|a]"}, // a gap
        {"a/b; x*1=b", "a/b"},             // no beginning
        {"a/b; x*0=a; x*0=b", "a/b[x|a]"}, // the first counts
        {"a/b; x*0=a; x=y", "a/b[x|a][x|y]"},
        {"a/b; x*01=a; *0=b; *=c; x**=d", "a/b[x*01|a][*0|b][*|c][x**|d]"},
        {"a/b; x*99999=a", "a/b[x*99999|a]"},
        {"a/b; x*0=0; x*1=1; x*2=2; x*3=3; x*4=4; x*5=5; x*6=6; x*7=7; x*8=8; x*9=9; "
         "x*10=A",
         "a/b[x|0123456789A]"},
    };
    for (const auto& [value, wanted] : values)
        BOOST_TEST(shown(value) == wanted, value);
}

BOOST_AUTO_TEST_CASE(gives_plain_values)
{
    const auto value = [](std::string_view type) {
        return parameter(parse_content_type(type).parameters, "NAME").value_or("none");
    };
    BOOST_TEST(value("a/b") == "none");
    BOOST_TEST(value("a/b; name=x") == "x");
    BOOST_TEST(value("a/b; name*=iso-8859-1'de'%E4") == "\xC3\xA4");
    BOOST_TEST(value("a/b; name=x; name*=utf-8''%C3%A4") == "\xC3\xA4");
    BOOST_TEST(value("a/b; name*0*=utf-8''%C3; name*1*=%A4; name*2=%41") ==
               "\xC3\xA4%41");
    BOOST_TEST(value("a/b; name*=''%41%4") == "A%4");
    BOOST_TEST(value("a/b; name*=x-none''%41%E4") == "A\xEF\xBF\xBD");
    BOOST_TEST(value("a/b; name*=%41") == "A");
    BOOST_TEST(value("a/b; name=\"=?utf-8?b?w6Q=?=\"") == "\xC3\xA4");
    BOOST_TEST(value("a/b; name=\xE4") == "\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(reads_dispositions)
{
    const auto disposition =
        mime::parse_disposition("ATTACHMENT (c); filename=\"a\\\"b\"; size=3");
    BOOST_TEST(disposition.value == "ATTACHMENT");
    BOOST_TEST(shown(disposition.parameters) == "[filename|a\"b][size|3]");
    BOOST_TEST(mime::parse_disposition("; filename=x").value == "");
    BOOST_TEST(shown(mime::parse_disposition("; filename=x").parameters) ==
               "[filename|x]");
}

BOOST_AUTO_TEST_CASE(reads_tokens)
{
    BOOST_TEST(mime::parse_token(" (c) base64 (d)") == "base64");
    BOOST_TEST(mime::parse_token("8bit; x") == "8bit");
    BOOST_TEST(mime::parse_token("") == "");
    BOOST_TEST(mime::parse_token("\"8bit\"") == "");
    const auto list = mime::parse_token_list("en (c), de-AT,, \"x\"; q=0.5, fr;q");
    BOOST_REQUIRE(list.size() == 3u);
    BOOST_TEST(list[1] == "de-AT");
}

BOOST_AUTO_TEST_CASE(there_are_so_many_parameters_and_no_more)
{
    std::string value = "a/b";
    for (std::size_t i = 0; i <= mime::max_parameters; ++i)
        value += ";p" + std::to_string(i) + "=x";
    const auto read = parse_content_type(value).parameters;
    BOOST_TEST(read.size() == mime::max_parameters);
    BOOST_TEST(parameter(read, "p999").has_value());
}

BOOST_AUTO_TEST_CASE(a_quarter_megabyte_of_anything_takes_no_time)
{
    for (const char* const unit :
         {"(", "\"", ";", "=", "a=", "a*0=b;", "\\", "a=\"", "*", "'"}) {
        std::string value = "a/b;";
        while (value.size() < (std::size_t{1} << 18))
            value += unit;
        BOOST_TEST(parse_content_type(value).type == "a");
        BOOST_TEST(mime::parse_token_list(value).size() <= mime::max_parameters);
    }
}

BOOST_AUTO_TEST_SUITE_END()
