// SPDX-License-Identifier: ISC
#include "supervisor/failures.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using supervisor::Failures;

namespace {

constexpr std::int64_t second_us = 1'000'000;

/// The delays of one failure a second from one network, in seconds.
std::vector<std::int64_t> delays(Failures& failures,
                                 const std::vector<std::string>& tried)
{
    std::vector<std::int64_t> all;
    std::int64_t now = second_us;
    for (const std::string& what : tried)
        all.push_back(failures.delay_ms("192.0.2.1", what, now += second_us, {}) /
                      1000);
    return all;
}

using Seconds = std::vector<std::int64_t>;

} // namespace

BOOST_AUTO_TEST_SUITE(failures)

BOOST_AUTO_TEST_CASE(each_takes_twice_as_long_up_to_a_bound)
{
    Failures failures;
    BOOST_TEST(delays(failures, {"a", "b", "c", "d", "e"}) ==
                   (Seconds{2, 4, 8, 15, 15}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_same_wrong_password_costs_no_more)
{
    Failures failures;
    BOOST_TEST(delays(failures, {"a", "a", "a", "b", "a", "b", "c"}) ==
                   (Seconds{2, 2, 2, 4, 4, 4, 8}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_told_apart_is_another_guess)
{
    Failures failures;
    BOOST_TEST(delays(failures, {"", "", ""}) == (Seconds{2, 4, 8}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(only_the_last_ones_are_known_again)
{
    Failures failures;
    std::int64_t now = second_us;
    const auto fail = [&](const std::string& what) {
        return failures.delay_ms("::/64", what, now, {1, 1'000'000'000});
    };
    fail("first");
    for (std::size_t i = 0; i < Failures::remembered; ++i)
        fail(std::to_string(i));
    BOOST_TEST(fail("0") == std::int64_t{1} << Failures::remembered);
    BOOST_TEST(fail("first") == std::int64_t{2} << Failures::remembered);
}

BOOST_AUTO_TEST_CASE(networks_are_apart_and_forgotten_in_time)
{
    Failures failures;
    BOOST_TEST(failures.delay_ms("a", "1", second_us, {}) == 2000);
    BOOST_TEST(failures.delay_ms("a", "2", second_us, {}) == 4000);
    BOOST_TEST(failures.delay_ms("b", "2", second_us, {}) == 2000);
    const std::int64_t later = second_us + Failures::memory_us;
    BOOST_TEST(failures.delay_ms("a", "3", later, {}) == 8000);
    BOOST_TEST(failures.delay_ms("b", "3", later + 1, {}) == 2000);
}

BOOST_AUTO_TEST_CASE(bounds_the_memory_that_a_flood_can_take)
{
    Failures failures;
    std::int64_t now = second_us;
    for (std::size_t i = 0; i < 3 * Failures::max_networks; ++i)
        failures.delay_ms(std::to_string(i), "x", ++now, {});
    BOOST_TEST(failures.networks() <= Failures::max_networks);
    const std::string last = std::to_string(3 * Failures::max_networks - 1);
    BOOST_TEST(failures.delay_ms(last, "y", ++now, {}) == 4000); // and not that one
}

BOOST_AUTO_TEST_CASE(no_delay_can_be_asked_for_and_the_longest_is_no_overflow)
{
    Failures failures;
    for (int i = 0; i < 100; ++i)
        BOOST_TEST(failures.delay_ms("a", std::to_string(i), second_us, {0, 0}) == 0);
    constexpr std::int64_t hour_ms = 3'600'000;
    BOOST_TEST(failures.delay_ms("a", "", second_us, {hour_ms, hour_ms}) == hour_ms);
}

BOOST_AUTO_TEST_SUITE_END()
