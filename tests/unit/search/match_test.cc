// SPDX-License-Identifier: ISC
#include "search/match.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "text/ascii.h"

namespace {

using search::Query;

/// A message in memory that counts how often its octets are asked for.
struct Letter final : search::Subject {
    std::uint8_t flags = static_cast<std::uint8_t>(imap::SystemFlag::Seen);
    std::string keyword = "$Junk";
    std::string octets;
    std::optional<imap::Date> sent = imap::Date{2026, 11, 24};
    int headers_read = 0;
    int texts_read = 0;

    imap::Number uid() override { return 7; }
    std::uint8_t system_flags() override { return flags; }
    bool has_keyword(std::string_view name) override
    {
        return text::equal_ignoring_case(name, keyword);
    }
    imap::Date internal_date() override { return {2026, 11, 25}; }
    imap::Date saved_date() override { return {2026, 11, 26}; }
    std::string email_id() override { return "M0123"; }
    std::uint64_t mod_sequence() override { return 620162338; }
    std::uint64_t size() override { return 1000; }
    std::optional<imap::Date> sent_date() override { return sent; }
    std::string_view header() override
    {
        ++headers_read;
        const std::size_t end = octets.find("\r\n\r\n");
        return std::string_view(octets).substr(0, end == std::string::npos ? end
                                                                           : end + 4);
    }
    std::string_view text() override
    {
        ++texts_read;
        return octets;
    }
};

const std::string mail =
    "From: Ann <ann@example.org>\r\n"
    "To: =?utf-8?q?J=C3=B6rg?= <j@example.org>\r\n"
    "Subject: A folded\r\n"
    " subject =?iso-8859-1?Q?=DCber?=\r\n"
    "Received: one\r\n"
    "Received: two\r\n"
    "X-Empty:\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n"
    "\r\n"
    "This preamble is nobody's.\r\n"
    "--b\r\n"
    "Content-Type: text/plain; charset=iso-8859-1\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
    "Gr=FC=DFe aus dem Kell=\r\n"
    "er\r\n"
    "--b\r\n"
    "Content-Type: text/html; charset=utf-8\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "PGI+Rm\xFC"
    "9v\r\n" // damaged: the octets of no alphabet are passed over
    "QkFSPC9iPg==\r\n"
    "--b\r\n"
    "Content-Type: application/octet-stream; name=\"=?utf-8?q?t=C3=BCr.bin?=\"\r\n"
    "\r\n"
    "opaque\r\n"
    "--b\r\n"
    "Content-Type: message/rfc822\r\n"
    "\r\n"
    "Subject: =?utf-8?q?Inneres?=\r\n"
    "\r\n"
    "inner text\r\n"
    "--b--\r\n";

bool found(std::string_view text, Letter& letter)
{
    imap::Parser in(text);
    auto query = Query::parse(in);
    BOOST_REQUIRE(query.has_value());
    query->resolve(
        [](const imap::SequenceSet& set) {
            base::NumberSet uids; // message n has UID n + 4
            for (const auto n : set.resolve(9))
                uids.add(n + 4);
            return uids;
        },
        20);
    return search::matches(*query, letter);
}

bool found(std::string_view text)
{
    Letter letter;
    letter.octets = mail;
    return found(text, letter);
}

} // namespace

BOOST_AUTO_TEST_SUITE(match)

const char* const yes[] = {
    "ALL",
    "SEEN",
    "UNDELETED",
    "OLD",
    "KEYWORD $JUNK",
    "UNKEYWORD $NotJunk",
    "3",
    "1:*",
    "UID 7",
    "UID 6:*",
    "NOT UID 8",
    "MODSEQ 620162338",
    "MODSEQ \"/flags/\\\\draft\" all 1",
    "NOT MODSEQ 620162339",
    "LARGER 999",
    "SMALLER 1001",
    "ON 25-Nov-2026",
    "SINCE 25-Nov-2026",
    "BEFORE 26-Nov-2026",
    "SENTON 24-Nov-2026",
    "SAVEDON 26-Nov-2026",
    "SAVEDSINCE 25-Nov-2026",
    "SAVEDBEFORE 27-Nov-2026",
    "EMAILID M0123",
    "NOT THREADID T1",
    "SENTSINCE 24-Nov-2026",
    "SENTBEFORE 25-Nov-2026",
    "FROM ANN",
    "FROM example.org",
    "TO {5}\r\nj\xC3\xB6rg",
    "TO {5}\r\nJ\xC3\x96RG",
    "CHARSET iso-8859-1 TO {4}\r\nj\xF6rg",
    "SUBJECT \"folded subject\"", // unfolded, across the line end
    "SUBJECT {5}\r\n\xC3\xBC"
    "ber",
    "HEADER Received two", // any field of the name
    "HEADER RECEIVED one",
    "HEADER X-Empty \"\"",
    "TEXT x-empty",
    "TEXT iso-8859-1?q", // the header as it is
    "TEXT {5}\r\n\xC3\xBC"
    "ber",
    "TEXT kell",
    "BODY keller",              // soft line break
    "BODY {6}\r\nGR\xC3\x9CSS", // ü and ß
    "BODY <b>",
    "BODY foo",
    "BODY {7}\r\nt\xC3\xBCr.bi", // a part's header
    "BODY inneres",
    "BODY \"inner text\"",
    "OR FROM nobody TO example",
    "NOT (FROM ann SUBJECT nothing)",
    "SEEN UID 1:10 FROM ann BODY inner",
    "BODY \"\"",
};

BOOST_DATA_TEST_CASE(finds, yes)
{
    BOOST_TEST(found(sample));
}

const char* const no[] = {
    "UNSEEN",
    "DELETED",
    "NEW",
    "RECENT",
    "KEYWORD x",
    "4",
    "UID 8",
    "UID 21:*", // 20:21
    "LARGER 1000",
    "SMALLER 1000",
    "ON 24-Nov-2026",
    "SINCE 26-Nov-2026",
    "BEFORE 25-Nov-2026",
    "SENTON 25-Nov-2026",
    "SAVEDON 25-Nov-2026",
    "EMAILID m0123",
    "EMAILID M012",
    "THREADID T1",
    "FROM joerg",
    "CC ann",
    "CC \"\"",
    "HEADER X-Missing \"\"",
    "HEADER Received three",
    "HEADER Receive one",
    "SUBJECT inneres", // the inner message's
    "TO =?utf-8",      // decoded only
    "BODY ann@example.org",
    "BODY preamble",
    "BODY opaque", // not text
    "BODY QUJD",
    "TEXT nowhere",
    "OR FROM nobody TO nobody",
    "NOT ALL",
};

BOOST_DATA_TEST_CASE(does_not_find, no)
{
    BOOST_TEST(!found(sample));
}

BOOST_AUTO_TEST_CASE(a_message_is_read_only_if_the_cheap_keys_let_it_through)
{
    Letter letter;
    letter.octets = mail;
    BOOST_TEST(!found("BODY inner FROM ann UNSEEN", letter));
    BOOST_TEST(found("OR BODY inner SEEN", letter));
    BOOST_TEST(letter.headers_read + letter.texts_read == 0);
    BOOST_TEST(!found("BODY inner FROM nobody SEEN", letter));
    BOOST_TEST(letter.headers_read == 1);
    BOOST_TEST(letter.texts_read == 0);
}

BOOST_AUTO_TEST_CASE(a_message_without_a_date_was_sent_at_no_time)
{
    Letter letter;
    letter.sent.reset();
    BOOST_TEST(!found("SENTBEFORE 1-Jan-2100", letter));
    BOOST_TEST(!found("SENTSINCE 1-Jan-1900", letter));
    BOOST_TEST(found("NOT SENTON 1-Jan-2000", letter));
}

BOOST_AUTO_TEST_CASE(a_message_that_is_gone_has_no_text)
{
    Letter letter;
    BOOST_TEST(!found("TEXT x", letter));
    BOOST_TEST(!found("HEADER From \"\"", letter));
    BOOST_TEST(found("SEEN", letter));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_decoded_is_searched_as_it_is)
{
    Letter letter;
    letter.octets = "Content-Type: text/plain; charset=no-such\r\n"
                    "Content-Transfer-Encoding: x-strange\r\n"
                    "\r\n"
                    "Plain =41 text\r\n";
    BOOST_TEST(found("BODY \"plain =41\"", letter));
}

BOOST_AUTO_TEST_CASE(a_message_with_bare_line_feeds_is_searched_like_any_other)
{
    Letter letter;
    letter.octets = "Subject: one\n two\n\nbody of it\n";
    BOOST_TEST(found("SUBJECT \"one two\"", letter));
    BOOST_TEST(found("BODY \"body of\"", letter));
}

BOOST_AUTO_TEST_SUITE_END()
