// SPDX-License-Identifier: ISC
#include "io/signals.h"

#include <boost/test/unit_test.hpp>

#include "base/clock.h"
#include "io/wait.h"

namespace {

volatile std::sig_atomic_t heard = 0;

void note(int)
{
    heard = 1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(signals)

BOOST_AUTO_TEST_CASE(are_heard_while_waiting_whoever_had_blocked_them)
{
    sigset_t before;
    sigset_t one;
    ::sigemptyset(&one);
    ::sigaddset(&one, SIGUSR2);
    ::sigprocmask(SIG_BLOCK, &one, &before);
    const base::SystemClock clock;
    io::Wait wait(clock);
    io::handle_signals({SIGUSR2}, note);
    wait.let_signals_through(io::hold_signals_back({SIGUSR2}));
    ::raise(SIGUSR2);
    BOOST_TEST(heard == 0);
    BOOST_TEST(!wait.for_one(-1, 0, io::Deadline::after_ms(clock, 20'000)));
    BOOST_TEST(heard == 1);
    io::handle_signals({SIGUSR2}, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
