// SPDX-License-Identifier: ISC
#include "imap/mailbox_name.h"

#include <ostream>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

struct Case {
    const char* wire;
    const char* name;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.wire;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(mailbox_name)

const Case both_ways[] = {
    {"INBOX", "INBOX"},
    {"Sent Mail", "Sent Mail"},
    {"a.b/c", "a.b/c"},
    {"Tom &- Jerry", "Tom & Jerry"},
    {"Entw&APw-rfe", "Entw\xC3\xBCrfe"},
    {"~peter/mail/&U,BTFw-/&ZeVnLIqe-", // RFC 3501 §5.1.3
     "~peter/mail/\xE5\x8F\xB0\xE5\x8C\x97/\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E"},
};

BOOST_DATA_TEST_CASE(converts, both_ways)
{
    const auto name = imap::mailbox_from_wire(sample.wire);
    BOOST_REQUIRE(name.has_value());
    BOOST_TEST(*name == sample.name);
    BOOST_TEST(imap::mailbox_to_wire(sample.name) == sample.wire);
}

BOOST_AUTO_TEST_CASE(inbox_has_no_case)
{
    BOOST_TEST(imap::is_inbox("iNbOx"));
    BOOST_TEST(!imap::is_inbox("INBOX.a"));
    BOOST_TEST(*imap::mailbox_from_wire("inbox") == "INBOX");
}

const char* const refused[] = {"",      "a\xFC",   "Entw\xC3\xBCrfe", "a&",
                               "a&AAA", "a\x01",   "a\r\n",           "&AAA-",
                               "&AAo-", "&AGEAYg-"};

BOOST_DATA_TEST_CASE(refuses, refused)
{
    const auto name = imap::mailbox_from_wire(sample);
    BOOST_REQUIRE(!name);
    BOOST_TEST((name.error().code == base::Errc::Cannot));
}

BOOST_AUTO_TEST_CASE(length_is_bounded_in_utf8)
{
    BOOST_TEST(
        imap::mailbox_from_wire(std::string(imap::max_mailbox_name, 'x')).has_value());
    const auto longer =
        imap::mailbox_from_wire(std::string(imap::max_mailbox_name + 1, 'x'));
    BOOST_REQUIRE(!longer);
    BOOST_TEST((longer.error().code == base::Errc::Limit));
}

BOOST_AUTO_TEST_CASE(a_name_on_disk_that_is_not_utf8_still_has_a_wire_form)
{
    BOOST_TEST(imap::mailbox_to_wire("a\xFC") == "a&,,0-");
}

BOOST_AUTO_TEST_SUITE_END()
