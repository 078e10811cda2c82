// SPDX-License-Identifier: ISC
#include "fetch/bodystructure.h"

#include <boost/test/unit_test.hpp>

namespace {

using imapd::body_text;
using imapd::Extensions;

std::string body(std::string_view message)
{
    return body_text(mime::parse_structure(message).root, Extensions::Without);
}

std::string structure(std::string_view message)
{
    return body_text(mime::parse_structure(message).root, Extensions::With);
}

} // namespace

BOOST_AUTO_TEST_SUITE(bodystructure)

BOOST_AUTO_TEST_CASE(a_message_without_mime_is_plain_text)
{
    BOOST_TEST(body("Subject: a\n\none\ntwo\n") ==
               "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 10 2)");
    BOOST_TEST(structure("Subject: a\n\none\n") ==
               "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 5 1 "
               "NIL NIL NIL NIL)");
}

BOOST_AUTO_TEST_CASE(a_multipart_has_its_parts_and_its_subtype)
{
    const char* const message = "Content-Type: multipart/mixed; boundary=\"b\"\n"
                                "\n"
                                "--b\n"
                                "Content-Type: text/html; charset=utf-8\n"
                                "Content-Language: en, de\n"
                                "\n"
                                "<p>\n"
                                "--b\n"
                                "Content-Type: image/png; name=\"a.png\"\n"
                                "Content-Transfer-Encoding: base64\n"
                                "Content-ID: <x@y>\n"
                                "Content-Disposition: attachment; filename=a.png\n"
                                "\n"
                                "AAAA\n"
                                "--b--\n";
    BOOST_TEST(body(message) ==
               "((\"text\" \"html\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 3 0)"
               "(\"image\" \"png\" (\"name\" \"a.png\") \"<x@y>\" NIL \"base64\" 4) "
               "\"mixed\")");
    BOOST_TEST(
        structure(message) ==
        "((\"text\" \"html\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 3 0 NIL NIL "
        "(\"en\" \"de\") NIL)"
        "(\"image\" \"png\" (\"name\" \"a.png\") \"<x@y>\" NIL \"base64\" 4 NIL "
        "(\"attachment\" (\"filename\" \"a.png\")) NIL NIL) "
        "\"mixed\" (\"boundary\" \"b\") NIL NIL NIL)");
}

BOOST_AUTO_TEST_CASE(an_enclosed_message_has_envelope_and_body)
{
    const std::string text = body("Content-Type: message/rfc822\n\nSubject: in\n\nx\n");
    BOOST_TEST(text.substr(0, 50) ==
               "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 18 (NIL \"in");
    BOOST_TEST(text.find(" (\"text\" \"plain\" ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
