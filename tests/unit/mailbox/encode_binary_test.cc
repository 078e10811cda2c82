// SPDX-License-Identifier: ISC
#include "mailbox/encode_binary.h"

#include <ostream>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "io/file.h"
#include "mime/encoding.h"
#include "mime/structure.h"

using namespace mailbox_test;
using namespace std::string_view_literals;

namespace {

/// A message as it is stored; "=" if it stays as it is.
std::string encoded(std::string_view message)
{
    maildir_test::Temporary root;
    const maildir_test::FixedClock clock{1'700'000'000'000'042};
    maildir_test::FixedRandom random;
    const auto folder = maildir::Folder::create(root.fd(), "").value();
    auto in = maildir::Delivery::begin(folder, clock, random, "host").value();
    BOOST_REQUIRE(in.write(message));
    BOOST_REQUIRE(in.prepare(maildir::Durability::None));
    const auto parts = mailbox::binary_parts(in.fd()).value();
    if (parts.empty())
        return "=";
    auto out = maildir::Delivery::begin(folder, clock, random, "other").value();
    BOOST_REQUIRE(mailbox::encode_parts(in.fd(), parts, out));
    BOOST_REQUIRE(out.prepare(maildir::Durability::None));
    std::vector<char> octets(out.size());
    BOOST_REQUIRE(io::read_at(out.fd(), octets, 0).value() == octets.size());
    return {octets.begin(), octets.end()};
}

struct Case {
    std::string_view message;
    std::string_view stored;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.message;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(encode_binary)

const Case cases[] = {
    // Nothing to be done: no NUL, or it is where none can be encoded.
    {"", "="},
    {"Subject: x\n\nplain\xff\n", "="},
    {"Subject: x\0y\n\nplain\n"sv, "="},
    {"Content-Transfer-Encoding: base64\n\nAA\0A=\n"sv, "="},
    {"Content-Transfer-Encoding: x-own\n\n\0\n"sv, "="},
    // The message itself
    {"Subject: x\r\n\r\n\0"sv, "Subject: x\r\nMIME-Version: 1.0\r\n"
                               "Content-Transfer-Encoding: base64\r\n\r\nAA=="},
    {"mime-version: 1.0\ncontent-transfer-encoding:\n 8BIT\nX: y\n\na\0b"sv,
     "mime-version: 1.0\nX: y\nContent-Transfer-Encoding: base64\n\nYQBi"},
    {"\r\n\0"sv, "MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\nAA=="},
    // Parts: only those that have to
    {"Content-Type: multipart/mixed; boundary=b\n\nA\0\n--b\n\n\0\n--b\n\nB\n--b--\n\0"sv,
     "Content-Type: multipart/mixed; boundary=b\n\nA\0\n--b\n"
     "Content-Transfer-Encoding: base64\n\nAA==\n--b\n\nB\n--b--\n\0"sv},
    // A message in a message
    {"Content-Type: message/rfc822\n\nSubject: y\n\n\0"sv,
     "Content-Type: message/rfc822\n\nSubject: y\n"
     "Content-Transfer-Encoding: base64\n\nAA=="},
};

BOOST_DATA_TEST_CASE(puts_parts_with_a_nul_into_base64, cases)
{
    BOOST_TEST(encoded(sample.message) == sample.stored);
}

BOOST_AUTO_TEST_CASE(what_is_decoded_is_what_came_in)
{
    std::string body(200'001, '\0');
    for (std::size_t i = 0; i < body.size(); ++i)
        body[i] = static_cast<char>(i * 7 + i / 256);
    const std::string stored = encoded("Subject: x\r\n\r\n" + body);
    const auto structure = mime::parse_structure(stored);
    auto decoder = mime::Decoder::create(structure.root.encoding).value();
    std::string decoded =
        decoder.feed(std::string_view(stored).substr(structure.root.body_offset));
    decoded += decoder.finish();
    BOOST_TEST((decoded == body));
    for (std::size_t at = 0; at < stored.size();) {
        const std::size_t end = std::min(stored.find("\r\n", at), stored.size());
        BOOST_REQUIRE(end - at <= 76u);
        at = end + 2;
    }
}

BOOST_AUTO_TEST_SUITE_END()
