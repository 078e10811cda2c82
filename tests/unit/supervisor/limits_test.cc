// SPDX-License-Identifier: ISC
#include "supervisor/limits.h"

#include <boost/test/unit_test.hpp>

using supervisor::Limits;
using supervisor::Scoreboard;

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(a_household_of_ipv6_is_one_address)
{
    config::Settings::Limits settings;
    settings.connections_per_address = 1;
    Limits limits(settings);
    Scoreboard board;
    BOOST_TEST(limits.allows_address("2001:db8::1", board));
    board.accepted(1, limits.network_of("2001:db8::1"), 100, 0);
    BOOST_TEST(!limits.allows_address("2001:db8::2", board));
    BOOST_TEST(limits.allows_address("2001:db8:0:1::1", board));
    settings.ipv6_prefix = 128;
    limits.change(settings);
    BOOST_TEST(limits.allows_address("2001:db8::2", board));
}

BOOST_AUTO_TEST_CASE(a_trusted_network_has_no_limit_and_no_delay)
{
    config::Settings::Limits settings;
    settings.connections_per_address = 1;
    settings.trusted = *config::Networks::parse("192.0.2.0/24");
    Limits limits(settings);
    Scoreboard board;
    board.accepted(1, limits.network_of("192.0.2.1"), 100, 0);
    board.accepted(2, limits.network_of("203.0.113.1"), 100, 0);
    BOOST_TEST(limits.allows_address("192.0.2.1", board));
    BOOST_TEST(!limits.allows_address("203.0.113.1", board));
    BOOST_TEST(limits.failed_ms("192.0.2.1", "x", 1) == 0);
    BOOST_TEST(limits.refused_ms("192.0.2.1") == 0);
    BOOST_TEST(limits.failed_ms("203.0.113.1", "x", 1) == 2000);
    BOOST_TEST(limits.failed_ms("203.0.113.1", "y", 2) == 4000);
    BOOST_TEST(limits.refused_ms("203.0.113.1") == 2000);
}

BOOST_AUTO_TEST_CASE(a_reload_changes_limits_and_forgets_no_failure)
{
    config::Settings::Limits settings;
    settings.connections_per_user = 1;
    settings.connections_before_login = 1;
    Limits limits(settings);
    Scoreboard board;
    BOOST_TEST(limits.allows_another(board));
    board.accepted(1, "::/64", 100, 0);
    BOOST_TEST(!limits.allows_another(board));
    board.logged_in(1, 500, "ann", "::/64");
    BOOST_TEST(limits.allows_another(board));
    BOOST_TEST(!limits.allows_user("ann", board));
    BOOST_TEST(limits.failed_ms("::1", "x", 1) == 2000);
    settings.connections_per_user = 2;
    settings.failure_delay = 1;
    limits.change(settings);
    BOOST_TEST(limits.allows_user("ann", board));
    BOOST_TEST(limits.failed_ms("::1", "y", 2) == 2000);
    BOOST_TEST((limits.hashing() != nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
