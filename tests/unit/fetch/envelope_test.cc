// SPDX-License-Identifier: ISC
#include "fetch/envelope.h"

#include <boost/test/unit_test.hpp>

#include "mime/header.h"

namespace {

std::string envelope(std::string_view header)
{
    return imapd::envelope_text(mime::parse_envelope(mime::Header::parse(header)));
}

} // namespace

BOOST_AUTO_TEST_SUITE(envelope_)

BOOST_AUTO_TEST_CASE(is_as_rfc_3501_section_8_has_it)
{
    BOOST_TEST(
        envelope("Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\n"
                 "From: Terry Gray <gray@cac.washington.edu>\r\n"
                 "Subject: IMAP4rev1 WG mtg summary and minutes\r\n"
                 "To: imap@cac.washington.edu\r\n"
                 "cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\n"
                 "Message-Id: <B27397-0100000@cac.washington.edu>\r\n\r\n") ==
        "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" "
        "\"IMAP4rev1 WG mtg summary and minutes\" "
        "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
        "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
        "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
        "((NIL NIL \"imap\" \"cac.washington.edu\")) "
        "((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")"
        "(\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL "
        "\"<B27397-0100000@cac.washington.edu>\")");
}

BOOST_AUTO_TEST_CASE(of_nothing_is_nils)
{
    BOOST_TEST(envelope("") == "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
    BOOST_TEST(imapd::envelope_text({}) == "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
}

BOOST_AUTO_TEST_CASE(what_no_quoted_string_can_hold_is_a_literal)
{
    BOOST_TEST(envelope("Subject: a\"b\\c\n\n") ==
               "(NIL \"a\\\"b\\\\c\" NIL NIL NIL NIL NIL NIL NIL NIL)");
    BOOST_TEST(envelope("Subject: \xc3\xa4\n\n") ==
               "(NIL {2}\r\n\xc3\xa4 NIL NIL NIL NIL NIL NIL NIL NIL)");
}

BOOST_AUTO_TEST_SUITE_END()
