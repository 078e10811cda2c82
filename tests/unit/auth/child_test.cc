// SPDX-License-Identifier: ISC
#include "auth/child.h"

#include <string>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

namespace {

using base::Errc;

constexpr int patience_ms = 20'000;

void say(int to, const std::string& text)
{
    static_cast<void>(!::write(to, text.data(), text.size()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(child)

BOOST_AUTO_TEST_CASE(says_what_it_has_to_say_and_how_it_ended)
{
    const auto done = auth::run_child(
        [](int to) {
            say(to, "one ");
            say(to, "two");
            ::_exit(7);
        },
        100, patience_ms);
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST(done->output == "one two");
    BOOST_TEST(WEXITSTATUS(done->status) == 7);
    const auto silent = auth::run_child([](int) {}, 100, patience_ms);
    BOOST_TEST(silent->output.empty());
    BOOST_TEST(WEXITSTATUS(silent->status) == 1);
}

BOOST_AUTO_TEST_CASE(one_that_hangs_is_killed)
{
    const auto done = auth::run_child([](int) { ::pause(); }, 100, 20);
    BOOST_REQUIRE(!done);
    BOOST_TEST((done.error().code == Errc::Timeout));
}

BOOST_AUTO_TEST_CASE(one_that_says_it_is_through_and_hangs_is_killed)
{
    const auto done = auth::run_child(
        [](int to) {
            ::close(to);
            ::pause();
        },
        100, 20);
    BOOST_REQUIRE(!done);
    BOOST_TEST((done.error().code == Errc::Timeout));
}

BOOST_AUTO_TEST_CASE(what_one_that_hangs_has_started_is_killed_too)
{
    int ends[2] = {-1, -1};
    BOOST_REQUIRE(::pipe(ends) == 0);
    const auto done = auth::run_child(
        [&](int) {
            if (::fork() == 0)
                ::pause();
            ::_exit(0);
        },
        100, 100);
    BOOST_TEST(!done.has_value());
    ::close(ends[1]);
    pollfd end = {ends[0], POLLIN, 0}; // the last one that had the other end is gone
    BOOST_TEST(::poll(&end, 1, patience_ms) == 1);
    ::close(ends[0]);
}

BOOST_AUTO_TEST_CASE(output_has_a_bound)
{
    const auto with = [](std::size_t octets) {
        return auth::run_child([octets](int to) { say(to, std::string(octets, 'x')); },
                               100, patience_ms);
    };
    BOOST_TEST(with(100).has_value());
    BOOST_TEST((with(101).error().code == Errc::Limit));
}

BOOST_AUTO_TEST_SUITE_END()
