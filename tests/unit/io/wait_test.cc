// SPDX-License-Identifier: ISC
#include "io/wait.h"

#include <csignal>

#include <poll.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "base/clock.h"
#include "io/socket_pair.h"

namespace {

using io::Deadline;
using io::Wait;

extern "C" void ignore_signal(int)
{
}

} // namespace

BOOST_AUTO_TEST_SUITE(wait)

BOOST_AUTO_TEST_CASE(tells_which_are_ready)
{
    const base::SystemClock clock;
    Wait wait(clock);
    const SocketPair first;
    const SocketPair second;
    wait.add(first.ours.get(), POLLIN);
    wait.add(second.ours.get(), POLLIN);
    BOOST_TEST(wait.next(Deadline::after_ms(clock, 0)).empty());

    BOOST_REQUIRE(::write(second.theirs.get(), "x", 1) == 1);
    const auto ready = wait.next(Deadline::never());
    BOOST_REQUIRE(ready.size() == 1U);
    BOOST_TEST(ready[0].fd == second.ours.get());
    BOOST_TEST(ready[0].events == POLLIN);

    wait.remove(second.ours.get());
    BOOST_TEST(wait.next(Deadline::after_ms(clock, 0)).empty());
}

BOOST_AUTO_TEST_CASE(adding_again_replaces_the_events)
{
    const base::SystemClock clock;
    Wait wait(clock);
    const SocketPair pair;
    wait.add(pair.ours.get(), POLLIN);
    wait.add(pair.ours.get(), POLLOUT);
    const auto ready = wait.next(Deadline::never());
    BOOST_REQUIRE(ready.size() == 1U);
    BOOST_TEST(ready[0].events == POLLOUT);
}

BOOST_AUTO_TEST_CASE(a_hang_up_is_an_event)
{
    const base::SystemClock clock;
    Wait wait(clock);
    SocketPair pair;
    wait.add(pair.ours.get(), POLLIN);
    pair.theirs.reset();
    const auto ready = wait.next(Deadline::never());
    BOOST_REQUIRE(ready.size() == 1U);
    BOOST_TEST((ready[0].events & POLLHUP) != 0);
}

BOOST_AUTO_TEST_CASE(waits_for_one_alone)
{
    const base::SystemClock clock;
    const Wait wait(clock);
    const SocketPair pair;
    BOOST_TEST(wait.for_one(pair.ours.get(), POLLOUT, Deadline::never()));
    BOOST_TEST(wait.for_one(pair.ours.get(), POLLIN, Deadline::after_ms(clock, 1)));
}

BOOST_AUTO_TEST_CASE(a_blocked_signal_gets_through_in_the_wait_only)
{
    struct sigaction before = {};
    struct sigaction action = {};
    action.sa_handler = ignore_signal;
    BOOST_REQUIRE(::sigaction(SIGUSR1, &action, &before) == 0);
    sigset_t mask = {};
    sigset_t blocked = {};
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    BOOST_REQUIRE(::sigprocmask(SIG_BLOCK, &blocked, &mask) == 0);
    sigdelset(&mask, SIGUSR1);

    const base::SystemClock clock;
    const SocketPair pair;
    Wait wait(clock);
    wait.let_signals_through(mask);
    BOOST_REQUIRE(::raise(SIGUSR1) == 0); // before the wait, and yet not lost
    BOOST_TEST(!wait.for_one(pair.ours.get(), POLLIN, Deadline::never()));
    BOOST_REQUIRE(::raise(SIGUSR1) == 0);
    BOOST_TEST(wait.next(Deadline::never()).empty());

    ::sigprocmask(SIG_SETMASK, &mask, nullptr);
    ::sigaction(SIGUSR1, &before, nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
