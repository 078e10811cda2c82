// SPDX-License-Identifier: ISC
#include "mime/preview.h"

#include <ostream>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "text/utf8.h"

namespace {

/// The preview of a whole message.
std::string preview(std::string_view message)
{
    const auto structure = mime::parse_structure(message);
    const mime::Part* part = mime::preview_part(structure);
    if (!part)
        return "(none)";
    const auto source = message.substr(static_cast<std::size_t>(part->body_offset),
                                       static_cast<std::size_t>(part->body_octets));
    return mime::preview_text(*part, source.substr(0, mime::max_preview_source));
}

struct Case {
    const char* message;
    const char* expected;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.message;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(preview_of_messages)

const Case cases[] = {
    {"Subject: x\n\nHello,\n\n  how are\tyou?\n", "Hello, how are you?"},
    {"", ""},
    {"Subject: x\n\n", ""},
    {"\n> what you said\nNo.\n> and more\n-- \nMy signature\n", "No."},
    {"Content-Transfer-Encoding: quoted-printable\n"
     "Content-Type: text/plain; charset=iso-8859-1\n\nGr=FC=DFe, =\nand so on\n",
     "Gr\xc3\xbc\xc3\x9f"
     "e, and so on"},
    {"Content-Transfer-Encoding: base64\n\nSGVsbG8sIHdvcmxk\n", "Hello, world"},
    {"Content-Transfer-Encoding: x-unknown\n\nwhatever\n", ""},
    {"Content-Type: text/plain; charset=x-nobody-knows\n\nplain after all\n",
     "plain after all"},
    {"Content-Type: image/png\n\nxxxx\n", "(none)"},
    {"Content-Type: text/html\n\n<html><head><title>T</title><style>p {}</style></head>"
     "<body><p>Hello,</p><!-- no --><p>w<b>or</b>ld &amp; &uuml; &#x41;&#66; a < b"
     "&nosuch; &lt;p&gt;</p><script>var x = '<p>';</script></body></html>",
     "Hello, world & \xc3\xbc AB a < b&nosuch; <p>"},
    {"Content-Type: text/html\n\n<p>open <b", "open"},
    {"Content-Type: text/html\n\n<style>never ended", ""},
    {"Content-Type: text/html\n\n&#0;&#xd800;&#x110000;&#x;&#;",
     "&#0;&#xd800;&#x110000;&#x;&#;"},
    {"Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: "
     "text/html\n\n"
     "<p>rich\n--b\n\npoor\n--b--\n",
     "poor"},
    {"Content-Type: multipart/mixed; boundary=b\n\n--b\n"
     "Content-Disposition: attachment\n\nnot this\n--b\n\nbut this\n--b--\n",
     "but this"},
    {"Content-Type: multipart/alternative; boundary=b\n\n--b\n\n\n--b\n"
     "Content-Type: text/html\n\n<p>only rich\n--b--\n",
     "only rich"},
    {"Content-Type: multipart/encrypted; boundary=b\n\n--b\n\nVersion: 1\n--b--\n",
     "(none)"},
    // What newsletters fill the preview with.
    {"Content-Type: text/html; charset=utf-8\n\n<p>Sale&zwnj;&nbsp;&#8203; "
     "\xe2\x80\x8c "
     "\xcd\x8f \xef\xbb\xbfnow</p>",
     "Sale now"},
};

BOOST_DATA_TEST_CASE(shows, cases)
{
    BOOST_TEST(preview(sample.message) == sample.expected);
}

BOOST_AUTO_TEST_CASE(ends_after_200_characters)
{
    std::string message = "Content-Type: text/plain; charset=utf-8\n\n";
    for (int i = 0; i < 300; ++i)
        message += "\xc3\xa4";
    BOOST_TEST(preview(message).size() == 2 * mime::max_preview);

    message = "\n";
    for (int i = 0; i < 300; ++i)
        message += "ab ";
    const std::string words = preview(message);
    BOOST_TEST(words.size() <= mime::max_preview);
    BOOST_TEST(words.ends_with("ab"));
}

BOOST_AUTO_TEST_CASE(is_valid_utf8_wherever_the_source_is_cut)
{
    const std::string body = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80 &#x1F600; <b>\xff";
    for (const char* type : {"text/plain", "text/html"}) {
        for (std::size_t size = 0; size <= body.size(); ++size) {
            const std::string message = std::string("Content-Type: ") + type +
                                        "; charset=utf-8\n\n" + body.substr(0, size);
            BOOST_TEST(text::valid_utf8(preview(message)));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
