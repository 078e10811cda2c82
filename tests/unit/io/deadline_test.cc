// SPDX-License-Identifier: ISC
#include "io/deadline.h"

#include <cstdint>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "io/fake_clock.h"

BOOST_AUTO_TEST_SUITE(deadline)

using io::Deadline;

BOOST_AUTO_TEST_CASE(passes_at_its_moment)
{
    FakeClock clock;
    const Deadline deadline = Deadline::after_ms(clock, 10);
    BOOST_TEST(deadline.poll_ms(clock) == 10);
    clock.now_us += 9'999;
    BOOST_TEST(!deadline.has_passed(clock));
    BOOST_TEST(deadline.poll_ms(clock) == 1); // rounded up: 0 would spin
    clock.now_us += 1;
    BOOST_TEST(deadline.has_passed(clock));
    BOOST_TEST(deadline.poll_ms(clock) == 0);
    clock.now_us += 1'000'000;
    BOOST_TEST(deadline.poll_ms(clock) == 0);
}

BOOST_AUTO_TEST_CASE(never_never_passes)
{
    FakeClock clock;
    clock.now_us = std::numeric_limits<std::int64_t>::max();
    BOOST_TEST(!Deadline::never().has_passed(clock));
    BOOST_TEST(Deadline::never().poll_ms(clock) == -1);
    BOOST_TEST(Deadline::never().is_never());
}

BOOST_AUTO_TEST_CASE(a_far_one_is_waited_for_in_hours)
{
    const FakeClock clock;
    BOOST_TEST(Deadline::after_ms(clock, 1'000'000'000'000).poll_ms(clock) ==
               3'600'000);
}

BOOST_AUTO_TEST_CASE(the_earlier_of_two)
{
    const FakeClock clock;
    const Deadline soon = Deadline::after_ms(clock, 1);
    const Deadline late = Deadline::after_ms(clock, 2);
    BOOST_TEST((soon.earlier(late) == soon));
    BOOST_TEST((late.earlier(soon) == soon));
    BOOST_TEST((late.earlier(Deadline::never()) == late));
}

BOOST_AUTO_TEST_SUITE_END()
