// SPDX-License-Identifier: ISC
#include "config/endpoint.h"

#include <ostream>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using config::Endpoint;

struct Case {
    const char* text;
    const char* host;
    unsigned port;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.text;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(endpoint)

const Case accepted[] = {
    {"127.0.0.1:143", "127.0.0.1", 143},
    {"0.0.0.0:65535", "0.0.0.0", 65535},
    {"127.0.0.1:0", "127.0.0.1", 0},
    {"[::]:143", "::", 143},
    {"[::1]:993", "::1", 993},
    {"[2001:db8::7]:1143", "2001:db8::7", 1143},
    {"[fe80::1%eth0]:143", "fe80::1%eth0", 143},
};

BOOST_DATA_TEST_CASE(takes_apart_and_puts_together, accepted)
{
    const auto endpoint = Endpoint::parse(sample.text);
    BOOST_REQUIRE(endpoint.has_value());
    BOOST_TEST(endpoint->host == sample.host);
    BOOST_TEST(endpoint->port == sample.port);
    BOOST_TEST(endpoint->to_text() == sample.text);
}

const char* const refused[] = {"",
                               "143",
                               ":143",
                               "127.0.0.1",
                               "127.0.0.1:",
                               "::1",
                               "::1:143",
                               "[::1]",
                               "[::1]143",
                               "[::1]:",
                               "[]:143",
                               "[127.0.0.1]:1",
                               "localhost:143",
                               "*:143",
                               "127.0.0.1:65536",
                               "1.2.3:143",
                               "1.2.3.4:+1",
                               "1.2.3.4:-1",
                               "1.2.3.4:imap",
                               "1.2.3.4: 143",
                               "[::1:143",
                               "::1]:143",
                               "[fe80::1%]:143",
                               "[fe80::1%a/b]:143"};

BOOST_DATA_TEST_CASE(refuses, refused)
{
    const auto endpoint = Endpoint::parse(sample);
    BOOST_REQUIRE(!endpoint);
    BOOST_TEST((endpoint.error().code == base::Errc::Syntax));
    BOOST_TEST(endpoint.error().text.find("127.0.0.1:143") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
