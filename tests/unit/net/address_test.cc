// SPDX-License-Identifier: ISC
#include "net/address.h"

#include <cstring>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <netinet/in.h>

#include "base/unique_fd.h"

namespace {

using net::Address;

/// `text` parsed and written again; "!" if it does not parse.
std::string again(const char* text)
{
    const auto address = Address::parse(text);
    return address ? address->to_text() : "!";
}

/// The address ::ffff:a.b.c.d.
Address mapped(unsigned char a, unsigned char b, unsigned char c, unsigned char d)
{
    sockaddr_in6 v6 = {};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(143);
    const unsigned char octets[16] = {0, 0, 0,    0,    0, 0, 0, 0,
                                      0, 0, 0xff, 0xff, a, b, c, d};
    std::memcpy(&v6.sin6_addr, octets, sizeof octets);
    sockaddr_storage storage = {};
    std::memcpy(&storage, &v6, sizeof v6);
    return *Address::from(storage);
}

} // namespace

BOOST_AUTO_TEST_SUITE(address)

const char* const accepted[] = {"0.0.0.0:143", "127.0.0.1:0", "255.255.255.255:65535",
                                "[::]:143", "[2001:db8::1]:993"};

BOOST_DATA_TEST_CASE(parses_and_writes, accepted)
{
    BOOST_TEST(again(sample) == sample);
}

const char* const refused[] = {
    "",           "143",           ":143",
    "0.0.0.0",    "0.0.0.0:",      "0.0.0.0:x",
    "1.2.3:143",  "0.0.0.0:65536", "::1:143",
    "[::1]",      "[::1]143",      "[::1:143",
    "[]:143",     "example:143",   "1.2.3.4:-1",
    " 1.2.3.4:1", "1.2.3.4:1 ",    "[fe80::1%nosuchlink]:143"};

BOOST_DATA_TEST_CASE(refuses, refused)
{
    const auto address = Address::parse(sample);
    BOOST_REQUIRE(!address);
    BOOST_TEST((address.error().code == base::Errc::Syntax));
}

BOOST_AUTO_TEST_CASE(keeps_the_zone_of_a_link_local_address)
{
    BOOST_TEST(again("[fe80::1%lo]:143") == "[fe80::1%lo]:143");
}

BOOST_AUTO_TEST_CASE(parses_lists)
{
    const auto two = Address::parse_list(" 0.0.0.0:143\t[::]:143 ");
    BOOST_REQUIRE(two.has_value());
    BOOST_TEST(two->size() == 2);
    BOOST_TEST((*two)[1].to_text() == "[::]:143");
    BOOST_TEST(Address::parse_list("").value().empty());
    BOOST_TEST(!Address::parse_list("0.0.0.0:143 nonsense"));
}

BOOST_AUTO_TEST_CASE(bounds_a_list)
{
    std::string text;
    for (std::size_t i = 0; i < Address::max_listed; ++i)
        text += "0.0.0.0:0 ";
    BOOST_TEST(Address::parse_list(text).has_value());
    const auto longer = Address::parse_list(text + "0.0.0.0:0");
    BOOST_REQUIRE(!longer);
    BOOST_TEST((longer.error().code == base::Errc::Limit));
}

BOOST_AUTO_TEST_CASE(knows_loopback)
{
    BOOST_TEST(Address::parse("127.0.0.1:1")->is_loopback());
    BOOST_TEST(Address::parse("127.9.9.9:1")->is_loopback());
    BOOST_TEST(Address::parse("[::1]:1")->is_loopback());
    BOOST_TEST(!Address::parse("128.0.0.1:1")->is_loopback());
    BOOST_TEST(!Address::parse("[::2]:1")->is_loopback());
    BOOST_TEST(!Address::parse("0.0.0.0:1")->is_loopback());
}

BOOST_AUTO_TEST_CASE(takes_mapped_addresses_for_what_they_are)
{
    BOOST_TEST(mapped(192, 0, 2, 1).to_text() == "192.0.2.1:143");
    BOOST_TEST(!mapped(192, 0, 2, 1).is_loopback());
    BOOST_TEST(mapped(127, 0, 0, 1).is_loopback());
}

BOOST_AUTO_TEST_CASE(a_unix_socket_is_local)
{
    int ends[2] = {-1, -1};
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    const base::UniqueFd one(ends[0]);
    const base::UniqueFd other(ends[1]);
    const auto peer = Address::of_peer(one.get());
    BOOST_REQUIRE(peer.has_value());
    BOOST_TEST(peer->host() == "local");
    BOOST_TEST(peer->to_text() == "local");
    BOOST_TEST(peer->is_loopback());
}

BOOST_AUTO_TEST_CASE(what_is_no_socket_has_no_address)
{
    BOOST_TEST(!Address::of_peer(-1));
    BOOST_TEST(!Address::of_socket(-1));
}

BOOST_AUTO_TEST_SUITE_END()
