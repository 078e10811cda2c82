// SPDX-License-Identifier: ISC
#include "imap/message_url.h"

#include <ostream>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using imap::MessageUrl;

/// All that a URL says, in one line; "!" if it does not parse.
std::string read(std::string_view text)
{
    const auto url = MessageUrl::parse(text);
    if (!url)
        return "!";
    std::string said = url->has_mailbox ? "<" + url->mailbox + ">" : "-";
    if (url->uid_validity)
        said += " v" + std::to_string(*url->uid_validity);
    said += " " + std::to_string(url->uid);
    if (!url->section.empty())
        said += " [" + url->section + "]";
    if (url->offset)
        said += " from " + std::to_string(*url->offset);
    if (url->octets)
        said += " for " + std::to_string(*url->octets);
    return said;
}

struct Case {
    const char* url;
    const char* expected;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.url;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(message_url)

const Case accepted[] = {
    // RFC 4469, Appendix A
    {"/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER",
     "<Drafts> v385759045 20 [HEADER]"},
    {"/Drafts;UIDVALIDITY=385759045/;UID=20/;Section=2.MIME",
     "<Drafts> v385759045 20 [2.MIME]"},
    {"/INBOX;UIDVALIDITY=785799047/;UID=11467", "<INBOX> v785799047 11467"},
    // RFC 8508 §4.2
    {"/Drafts/;UID=3002", "<Drafts> 3002"},
    // RFC 5092 §9 and §11.1, without their servers
    {"/gray-council;UIDVALIDITY=385759045/;UID=20/;PARTIAL=0.1024",
     "<gray-council> v385759045 20 from 0 for 1024"},
    {"/;UID=20", "- 20"},
    {";UID=20/;SECTION=1.2", "- 20 [1.2]"},
    {"/a/b/;UID=1/;SECTION=TEXT/;PARTIAL=5", "<a/b> 1 [TEXT] from 5"},
    {"/~peter/%E5%8F%B0%E5%8C%97/;UID=4294967295",
     "<~peter/\xe5\x8f\xb0\xe5\x8c\x97> 4294967295"},
    {"/x/;uid=1/;section=HEADER.FIELDS%20(TO)", "<x> 1 [HEADER.FIELDS (TO)]"},
    {"/a%3Bb%2f/;UID=1", "<a;b/> 1"},
};

BOOST_DATA_TEST_CASE(reads, accepted)
{
    BOOST_TEST(read(sample.url) == sample.expected);
}

const char* const refused[] = {
    "",
    "/",
    "INBOX/;UID=1",
    "/INBOX",
    "/INBOX;UIDVALIDITY=1",
    "/INBOX;UIDVALIDITY=0/;UID=1",
    "/INBOX;UIDVALIDITY=x/;UID=1",
    "/INBOX;X=1/;UID=1",
    "/INBOX/;UID=0",
    "/INBOX/;UID=4294967296",
    "/INBOX/;UID=",
    "/INBOX/;UID=1:2",
    "/INBOX/;UID=1/",
    "/INBOX/;UID=1/;SECTION=",
    "/INBOX/;UID=1/;PARTIAL=",
    "/INBOX/;UID=1/;PARTIAL=1.0",
    "/INBOX/;UID=1/;PARTIAL=1.",
    "/INBOX/;UID=1/;PARTIAL=1/;SECTION=1",
    "/INBOX/;UID=1/;URLAUTH=anonymous",
    "/INBOX?SUBJECT",
    "/a%/;UID=1",
    "/a%4/;UID=1",
    "/a%zz/;UID=1",
    "/a%00b/;UID=1",
    "/a%0Ab/;UID=1",
    "/a%ff/;UID=1",
    "/a b/;UID=1",
    "/\xc3\xa4/;UID=1",
    "//server/INBOX/;UID=1",
    "imap://server/INBOX/;UID=1",
    "IMAP://user@server/INBOX;UIDVALIDITY=1/;UID=1",
};

BOOST_DATA_TEST_CASE(refuses, refused)
{
    BOOST_TEST(read(sample) == "!");
}

BOOST_AUTO_TEST_CASE(bounds_the_length)
{
    std::string url = "/";
    url.append(MessageUrl::max_octets - url.size() - 7, 'a');
    url += "/;UID=1";
    BOOST_TEST(MessageUrl::parse(url).has_value());
    const auto longer = MessageUrl::parse("/a" + url.substr(1));
    BOOST_REQUIRE(!longer);
    BOOST_TEST((longer.error().code == base::Errc::Limit));
}

BOOST_AUTO_TEST_SUITE_END()
