// SPDX-License-Identifier: ISC
#include "ipc/idle_mark.h"

#include <utility>

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

using ipc::IdleMark;

BOOST_AUTO_TEST_SUITE(idle_mark)

BOOST_AUTO_TEST_CASE(a_child_writes_and_its_parent_reads)
{
    auto mark = IdleMark::make();
    BOOST_REQUIRE(mark.has_value());
    BOOST_TEST(!mark->since_us());
    const auto in_a_child = [&](auto what) {
        const pid_t pid = ::fork();
        if (pid == 0) {
            what();
            ::_exit(0);
        }
        int status = 0;
        BOOST_TEST(::waitpid(pid, &status, 0) == pid);
        return status;
    };
    BOOST_TEST(in_a_child([&] { mark->set(12345); }) == 0);
    BOOST_TEST((mark->since_us() == 12345));
    BOOST_TEST(in_a_child([&] { mark->set(-7); }) == 0); // a session that lies
    BOOST_TEST(!mark->since_us());
    BOOST_TEST(in_a_child([&] { mark->set(9); }) == 0);
    BOOST_TEST(in_a_child([&] { mark->clear(); }) == 0);
    BOOST_TEST(!mark->since_us());
}

BOOST_AUTO_TEST_CASE(a_later_child_has_no_part_in_it)
{
    auto mark = IdleMark::make();
    BOOST_REQUIRE(mark.has_value());
    mark->set(1);
    mark->keep_to_this_process();
    const pid_t pid = ::fork();
    if (pid == 0) {
        mark->set(2); // there is no such memory
        ::_exit(0);
    }
    int status = 0;
    BOOST_TEST(::waitpid(pid, &status, 0) == pid);
    BOOST_TEST(status != 0);
    BOOST_TEST((mark->since_us() == 1));
}

BOOST_AUTO_TEST_CASE(without_a_page_nothing_is_said)
{
    IdleMark none;
    none.set(3);
    BOOST_TEST(!none.since_us());
    none.keep_to_this_process();

    auto mark = IdleMark::make();
    BOOST_REQUIRE(mark.has_value());
    mark->set(4);
    none = std::move(*mark);
    BOOST_TEST((none.since_us() == 4));
}

BOOST_AUTO_TEST_SUITE_END()
