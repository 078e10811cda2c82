// SPDX-License-Identifier: ISC
#include "deliver/received.h"

#include <cstdlib>
#include <ctime>
#include <string>

#include <boost/test/unit_test.hpp>

namespace {

using deliver::Origin;
using deliver::received_field;

/// The machine is two hours and a half east of Greenwich.
struct Zone {
    Zone()
    {
        ::setenv("TZ", "XXX-2:30", 1);
        ::tzset();
    }
};

constexpr const char* date = "\tTue, 14 Nov 2023 00:43:20 +0230\n";
constexpr std::int64_t time_of_date = 1699913600;

} // namespace

BOOST_FIXTURE_TEST_SUITE(received, Zone)

BOOST_AUTO_TEST_CASE(by_lmtp)
{
    BOOST_TEST(
        received_field({"mx.example", "", {}}, "me.example", "ann@b", time_of_date) ==
        std::string("Received: from mx.example\n\tby me.example with LMTP\n"
                    "\tfor <ann@b>;\n") +
            date);
}

BOOST_AUTO_TEST_CASE(from_elsewhere_in_unicode)
{
    const auto with = Origin::Protocol::Utf8Lmtp;
    BOOST_TEST(
        received_field({"mx", "192.0.2.1", with}, "me", "", time_of_date) ==
        std::string("Received: from mx ([192.0.2.1])\n\tby me with UTF8LMTP;\n") +
            date);
    BOOST_TEST(received_field({"mx", "2001:db8::1", with}, "me", "", time_of_date)
                   .starts_with("Received: from mx ([IPv6:2001:db8::1])\n"));
}

BOOST_AUTO_TEST_CASE(what_a_client_chose_is_no_part_of_the_field)
{
    BOOST_TEST(received_field({"a (b) by c;\r\nX: y\xff", "", {}}, "me", "a\n b@c",
                              time_of_date) ==
               std::string("Received: from a??b??by?c???X:?y?\n\tby me with LMTP;\n") +
                   date);
    const std::string longest(255, 'x');
    BOOST_TEST(received_field({longest + "y", "", {}}, "me", "", time_of_date)
                   .starts_with("Received: from " + longest + "\n"));
    const std::string at_most(256, 'x');
    BOOST_TEST(received_field({"a", "", {}}, "b", at_most, 0).find("for <x") !=
               std::string::npos);
    BOOST_TEST(received_field({"a", "", {}}, "b", at_most + "x", 0).find("for") ==
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
