// SPDX-License-Identifier: ISC
#include "config/networks.h"

#include <ostream>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using config::Networks;

struct Case {
    const char* list;
    const char* inside;
    const char* outside;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.list;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(networks)

const Case cases[] = {
    {"192.0.2.0/24", "192.0.2.255", "192.0.3.0"},
    {"192.0.2.128/25", "192.0.2.128", "192.0.2.127"},
    {"192.0.2.7", "192.0.2.7", "192.0.2.6"},
    {"192.0.2.7", "::ffff:192.0.2.7", "::192.0.2.7"},
    {"10.0.0.0/8,192.0.2.0/30", "192.0.2.3", "192.0.2.4"},
    {"0.0.0.0/0", "203.0.113.9", "2001:db8::1"},
    {"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"},
    {"::1", "::1", "::2"},
    {"::/0", "2001:db8::1", "unknown"},
    {"127.0.0.0/8, ::1", "127.9.9.9", ""},
};

BOOST_DATA_TEST_CASE(knows_what_is_inside, cases)
{
    const auto networks = Networks::parse(sample.list);
    BOOST_REQUIRE(networks.has_value());
    BOOST_TEST(networks->contain(sample.inside));
    BOOST_TEST(!networks->contain(sample.outside));
}

const char* const refused[] = {"",        ",",           "192.0.2",      "192.0.2.0/33",
                               "::1/129", "::1/",        "192.0.2.0/-1", "local",
                               "/8",      "1.2.3.4/8/9", "example.org"};

BOOST_DATA_TEST_CASE(refuses, refused)
{
    BOOST_TEST(!Networks::parse(sample).has_value());
}

BOOST_AUTO_TEST_CASE(counts_a_household_of_ipv6_as_one)
{
    using config::network_of;
    BOOST_TEST(network_of("2001:db8:1:2:3:4:5:6", 64) == "2001:db8:1:2::/64");
    BOOST_TEST(network_of("2001:db8:1:2:3:4:5:6", 63) == "2001:db8:1:2::/63");
    BOOST_TEST(network_of("2001:db8:1:3::", 63) == "2001:db8:1:2::/63");
    BOOST_TEST(network_of("2001:db8::1", 128) == "2001:db8::1/128");
    BOOST_TEST(network_of("2001:db8::1", 0) == "::/0");
    BOOST_TEST(network_of("192.0.2.1", 64) == "192.0.2.1");
    BOOST_TEST(network_of("local", 64) == "local");
}

BOOST_AUTO_TEST_SUITE_END()
