// SPDX-License-Identifier: ISC
#include "deliver/process.h"

#include <csignal>

#include <boost/test/unit_test.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "config/settings.h"

namespace {

/// How a child ends that runs `action`: its status, or minus the signal's number.
template <class Action>
int ended(Action action)
{
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(STDERR_FILENO);
        deliver::prepare_process();
        action();
        ::_exit(99);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

} // namespace

BOOST_AUTO_TEST_SUITE(process)

BOOST_AUTO_TEST_CASE(before_publishing_every_signal_to_end_is_75)
{
    for (const int number : {SIGALRM, SIGTERM, SIGINT, SIGHUP})
        BOOST_TEST(ended([&] { ::raise(number); }) == 75);
    for (const int number : {SIGXFSZ, SIGPIPE})
        BOOST_TEST(ended([&] { ::raise(number); }) == 99);
}

BOOST_AUTO_TEST_CASE(how_children_end_is_seen_though_a_caller_had_no_use_for_it)
{
    BOOST_TEST(ended([] {
                   ::signal(SIGCHLD, SIG_IGN);
                   deliver::prepare_process();
                   const pid_t child = ::fork();
                   if (child == 0)
                       ::_exit(7);
                   int status = 0;
                   if (::waitpid(child, &status, 0) != child)
                       ::_exit(1);
                   ::_exit(WEXITSTATUS(status));
               }) == 7);
}

BOOST_AUTO_TEST_CASE(while_publishing_only_the_alarm_counts)
{
    for (const int number : {SIGTERM, SIGINT, SIGHUP})
        BOOST_TEST(ended([&] {
                       deliver::begin_publishing();
                       ::raise(number);
                   }) == 99);
    BOOST_TEST(ended([] {
                   deliver::begin_publishing();
                   ::raise(SIGALRM);
               }) == 75);
}

BOOST_AUTO_TEST_CASE(after_publishing_the_alarm_is_success)
{
    BOOST_TEST(ended([] {
                   deliver::begin_publishing();
                   deliver::end_publishing();
                   ::raise(SIGALRM);
               }) == 0);
}

BOOST_AUTO_TEST_CASE(between_deliveries_there_is_no_alarm)
{
    BOOST_TEST(ended([] {
                   deliver::begin_publishing();
                   deliver::end_publishing();
                   deliver::rest();
                   ::_exit(static_cast<int>(::alarm(0)));
               }) == 0);
}

BOOST_AUTO_TEST_CASE(after_one_delivery_the_next_is_as_the_first)
{
    for (const int number : {SIGALRM, SIGTERM, SIGINT, SIGHUP})
        BOOST_TEST(ended([&] {
                       deliver::begin_publishing();
                       deliver::end_publishing();
                       deliver::rest();
                       deliver::limit_time(7);
                       ::raise(number);
                   }) == 75);
}

BOOST_AUTO_TEST_CASE(there_is_always_an_alarm)
{
    BOOST_TEST(ended([] { ::_exit(::alarm(0) > 0 ? 0 : 1); }) == 0);
    BOOST_TEST(config::Settings().deliver.time_limit == deliver::time_limit);
    static_assert(deliver::time_limit + deliver::publish_time_limit +
                      deliver::closing_time_limit <
                  1000);
}

BOOST_AUTO_TEST_CASE(the_time_can_be_limited)
{
    BOOST_TEST(ended([] {
                   deliver::limit_time(7);
                   ::_exit(static_cast<int>(::alarm(0)));
               }) == 7);
}

BOOST_AUTO_TEST_CASE(an_outcome_becomes_a_status)
{
    BOOST_TEST(deliver::finish(deliver::delivered()) == 0);
    BOOST_TEST(ended([] { ::_exit(deliver::finish(deliver::unknown_user("ann"))); }) ==
               67);
    BOOST_TEST(ended([] { ::_exit(deliver::finish(deliver::misconfigured("x"))); }) ==
               75);
}

BOOST_AUTO_TEST_SUITE_END()
