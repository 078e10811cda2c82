// SPDX-License-Identifier: ISC
#pragma once

#include <cstdio>

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

/// How a child ends that does `work` and exits with what it gives: as of waitpid(2).
/// What it gives up, it alone has given up.
template <class Work>
int status_of_child(Work work)
{
    std::fflush(nullptr);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0)
        ::_exit(work());
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    return status;
}

/// What `holds` says in a child of its own.
template <class Holds>
bool in_a_child(Holds holds)
{
    const int status = status_of_child([&] { return holds() ? 0 : 1; });
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
