// SPDX-License-Identifier: ISC
#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include "log/seldom.h"

BOOST_AUTO_TEST_SUITE(seldom)

using logging::Seldom;

BOOST_AUTO_TEST_CASE(once_an_hour)
{
    const Seldom warning;
    constexpr std::int64_t now = 5;
    BOOST_TEST(warning.is_time(now));
    BOOST_TEST(!warning.is_time(now));
    BOOST_TEST(!warning.is_time(now + Seldom::interval_us - 1));
    BOOST_TEST(warning.is_time(now + Seldom::interval_us));
    BOOST_TEST(!warning.is_time(now + Seldom::interval_us));
}

BOOST_AUTO_TEST_CASE(what_one_process_says_no_other_does)
{
    const Seldom warning;
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0)
        ::_exit(warning.is_time(1) ? 0 : 1);
    int status = -1;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_TEST(status == 0);
    BOOST_TEST(!warning.is_time(2));
}

BOOST_AUTO_TEST_SUITE_END()
