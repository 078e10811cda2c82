// SPDX-License-Identifier: ISC
#include "supervisor/scoreboard.h"

#include <boost/test/unit_test.hpp>

using supervisor::Scoreboard;

BOOST_AUTO_TEST_SUITE(scoreboard)

BOOST_AUTO_TEST_CASE(without_tls_the_login_process_ends_first)
{
    Scoreboard board;
    board.accepted(1, "192.0.2.1", 100, 0);
    BOOST_TEST(board.before_login() == 1u);
    BOOST_TEST(board.of_address("192.0.2.1") == 1u);

    board.logged_in(1, 500, "ann", "192.0.2.1");
    board.login_ended(1);
    BOOST_TEST(board.before_login() == 0u);
    BOOST_TEST(board.sessions() == 1u);
    BOOST_TEST(board.of_user("ann") == 1u);
    BOOST_TEST(board.of_address("192.0.2.1") == 1u);

    board.session_ended(500);
    BOOST_TEST(board.sessions() == 0u);
    BOOST_TEST(board.of_user("ann") == 0u);
    BOOST_TEST(board.of_address("192.0.2.1") == 0u);
    BOOST_TEST(board.before_login() == 0u);
}

BOOST_AUTO_TEST_CASE(with_tls_the_session_ends_first)
{
    Scoreboard board;
    board.accepted(1, "::1", 100, 0);
    board.logged_in(1, 500, "ann", "::1");
    board.session_ended(500);
    BOOST_TEST(board.of_user("ann") == 0u);
    BOOST_TEST(board.of_address("::1") == 1u);
    board.login_ended(1);
    BOOST_TEST(board.of_address("::1") == 0u);
    BOOST_TEST(board.before_login() == 0u);
}

BOOST_AUTO_TEST_CASE(a_client_that_never_logs_in_leaves_nothing)
{
    Scoreboard board;
    board.accepted(1, "::1", 100, 0);
    board.login_ended(1);
    board.login_ended(1);
    BOOST_TEST(board.before_login() == 0u);
    BOOST_TEST(board.of_address("::1") == 0u);
}

BOOST_AUTO_TEST_CASE(connections_of_one_user_and_address_add_up)
{
    Scoreboard board;
    for (Scoreboard::Connection id = 1; id <= 3; ++id) {
        board.accepted(id, "::1", 100, 0);
        board.logged_in(id, static_cast<pid_t>(500 + id), "ann", "::1");
    }
    BOOST_TEST(board.of_user("ann") == 3u);
    BOOST_TEST(board.of_address("::1") == 3u);
    BOOST_TEST(board.of_user("bob") == 0u);
    board.session_ended(502);
    BOOST_TEST(board.of_user("ann") == 2u);
}

BOOST_AUTO_TEST_CASE(a_zygote_takes_its_login_processes_with_it)
{
    Scoreboard board;
    board.accepted(1, "::1", 100, 0);
    board.accepted(2, "::1", 100, 0);
    board.accepted(3, "::1", 200, 0);
    board.logged_in(2, 502, "ann", "::1");
    board.zygote_ended(100);
    BOOST_TEST(board.before_login() == 1u);
    BOOST_TEST(board.of_address("::1") == 2u);
    BOOST_TEST(board.sessions() == 1u);
}

BOOST_AUTO_TEST_CASE(every_session_counts_whatever_connection_it_is_said_to_be_of)
{
    Scoreboard board;
    board.accepted(1, "::1", 100, 0);
    board.logged_in(1, 500, "ann", "::1");
    board.logged_in(1, 501, "bob", "::1");
    BOOST_TEST(board.sessions() == 2u);
    BOOST_TEST(board.of_user("bob") == 1u);
    BOOST_TEST(board.of_address("::1") == 2u);
    BOOST_TEST(board.before_login() == 0u);
    board.session_ended(501);
    BOOST_TEST(board.of_user("bob") == 0u);
    board.session_ended(500);
    board.login_ended(1);
    BOOST_TEST(board.of_address("::1") == 0u);
    BOOST_TEST(board.before_login() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_not_known_changes_nothing)
{
    Scoreboard board;
    board.login_ended(9);
    board.session_ended(9);
    board.zygote_ended(9);
    BOOST_TEST(board.before_login() == 0u);

    // A session of a connection we never saw still counts for its user.
    board.logged_in(7, 507, "ann", "::1");
    BOOST_TEST(board.of_user("ann") == 1u);
    board.session_ended(507);
    BOOST_TEST(board.of_user("ann") == 0u);
    BOOST_TEST(board.before_login() == 0u);
}

BOOST_AUTO_TEST_CASE(who_is_leaving_counts_no_more)
{
    Scoreboard board;
    for (Scoreboard::Connection id = 1; id <= 3; ++id) {
        board.accepted(id, "::1", 100, 0);
        board.logged_in(id, static_cast<pid_t>(500 + id), id == 3 ? "bob" : "ann",
                        "::1");
    }
    BOOST_TEST(board.sessions_of("ann") == (std::vector<pid_t>{501, 502}),
               boost::test_tools::per_element());
    board.leaving(501);
    board.leaving(501);
    board.leaving(999);
    BOOST_TEST(board.sessions_of("ann") == std::vector<pid_t>{502},
               boost::test_tools::per_element());
    BOOST_TEST(board.of_user("ann") == 1u);
    BOOST_TEST(board.of_address("::1") == 3u);
    board.session_ended(501);
    BOOST_TEST(board.of_user("ann") == 1u);
    BOOST_TEST(board.sessions() == 2u);
}

BOOST_AUTO_TEST_CASE(the_oldest_of_the_largest_crowd_goes_first)
{
    Scoreboard board;
    board.accepted(1, "192.0.2.1", 100, 10);
    board.accepted(2, "::/64", 100, 20);
    board.accepted(3, "::/64", 100, 30);
    board.accepted(4, "::/64", 200, 40);
    const auto longest = [&](std::int64_t before_us, pid_t zygote = 100) {
        return board.longest_before_login(before_us, zygote).value_or(0);
    };
    BOOST_TEST(longest(10) == 0u); // nobody has had his time
    BOOST_TEST(longest(20) == 1u);
    BOOST_TEST(longest(1000) == 2u);
    BOOST_TEST(longest(1000, 200) == 4u);
    board.logged_in(2, 502, "ann", "::/64");
    BOOST_TEST(longest(1000) == 3u);
    board.session_ended(502); // its relay says goodbye, and heeds nobody
    BOOST_TEST(longest(1000) == 3u);
    board.login_ended(3);
    BOOST_TEST(longest(1000) == 1u);
    board.login_ended(1);
    BOOST_TEST(longest(1000) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
