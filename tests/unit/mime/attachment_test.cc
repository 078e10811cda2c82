// SPDX-License-Identifier: ISC
#include "mime/attachment.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace {

using Parts = std::vector<std::string>;

const std::string plain = "Content-Type: text/plain\n\nHello\n";
const std::string html = "Content-Type: text/html\n\n<p>Hello\n";
const std::string pdf =
    "Content-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment\n\nx\n";
const std::string picture = "Content-Type: image/png\nContent-ID: <1@a>\n"
                            "Content-Disposition: inline; filename=a.png\n\nx\n";

/// A multipart of that subtype; `parts` are headers and bodies.
std::string multipart(const std::string& subtype, const Parts& parts)
{
    const std::string boundary = "b" + subtype;
    std::string text =
        "Content-Type: multipart/" + subtype + "; boundary=" + boundary + "\n\n";
    for (const std::string& part : parts)
        text += "--" + boundary + "\n" + part;
    return text + "--" + boundary + "--\n";
}

bool has(const std::string& message)
{
    return mime::has_attachment(mime::parse_structure("Subject: x\n" + message));
}

BOOST_AUTO_TEST_SUITE(attachment)

BOOST_AUTO_TEST_CASE(text_alone_is_none)
{
    BOOST_TEST(!has("\nHello\n"));
    BOOST_TEST(!has(plain));
    BOOST_TEST(!has(html));
    BOOST_TEST(!has(""));
    BOOST_TEST(!has(multipart("mixed", {plain, html})));
    BOOST_TEST(!has(multipart("mixed", {})));
    BOOST_TEST(!has(multipart("alternative", {plain, html})));
}

BOOST_AUTO_TEST_CASE(what_says_so_is_one)
{
    BOOST_TEST(has(multipart("mixed", {plain, pdf})));
    BOOST_TEST(
        has(multipart("mixed", {plain, "Content-Disposition: ATTACHMENT\n\nx\n"})));
    BOOST_TEST(has(multipart("alternative", {plain, html, pdf})));
    BOOST_TEST(has(multipart("related", {html, picture, pdf})));
    BOOST_TEST(has(pdf));
}

BOOST_AUTO_TEST_CASE(what_is_not_text_is_one_said_so_or_not)
{
    BOOST_TEST(has("Content-Type: application/pdf\n\nx\n"));
    BOOST_TEST(has(multipart("mixed", {plain, "Content-Type: image/jpeg\n\nx\n"})));
    BOOST_TEST(has(multipart("mixed", {plain, picture})));
    BOOST_TEST(has(multipart(
        "alternative", {plain, multipart("mixed", {html, picture})}))); // Apple Mail
}

BOOST_AUTO_TEST_CASE(text_with_a_name_is_one_unless_it_is_shown_in_place)
{
    const std::string named = "Content-Type: text/csv; name=a.csv\n";
    BOOST_TEST(has(multipart("mixed", {plain, named + "\na\n"})));
    BOOST_TEST(!has(
        multipart("mixed", {plain, named + "Content-Disposition: inline\n\na\n"})));
    const std::string invitation = "Content-Type: text/calendar; name=a.ics\n\nx\n";
    BOOST_TEST(!has(multipart("alternative", {plain, html, invitation})));
}

BOOST_AUTO_TEST_CASE(what_belongs_to_the_text_is_none)
{
    BOOST_TEST(!has(multipart("related", {html, picture})));
    BOOST_TEST(
        !has(multipart("alternative", {plain, multipart("related", {html, picture})})));
    BOOST_TEST(has(multipart("mixed", {multipart("related", {html, picture}), pdf})));
}

BOOST_AUTO_TEST_CASE(a_signature_or_a_sealed_message_is_none)
{
    const std::string signature =
        "Content-Type: application/pgp-signature; name=a.asc\n"
        "Content-Disposition: attachment\n\nx\n";
    BOOST_TEST(!has(multipart("signed", {plain, signature})));
    BOOST_TEST(has(multipart("signed", {multipart("mixed", {plain, pdf}), signature})));
    BOOST_TEST(!has("Content-Type: application/pkcs7-mime; name=smime.p7m\n"
                    "Content-Disposition: attachment\n\nx\n"));
    BOOST_TEST(
        !has(multipart("encrypted", {"Content-Type: application/pgp-encrypted\n\n"
                                     "Version: 1\n",
                                     "Content-Type: application/octet-stream\n\n"
                                     "x\n"})));
}

BOOST_AUTO_TEST_CASE(a_forwarded_message_is_one_but_not_in_a_report_or_digest)
{
    const std::string message = "Content-Type: message/rfc822\n\nSubject: y\n\nHi\n";
    BOOST_TEST(has(multipart("mixed", {plain, message})));
    const std::string status = "Content-Type: message/delivery-status\n\nx: y\n";
    BOOST_TEST(!has(multipart("report", {plain, status, message})));
    BOOST_TEST(!has(multipart("digest", {message, message})));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
