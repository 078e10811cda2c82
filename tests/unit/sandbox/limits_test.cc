// SPDX-License-Identifier: ISC
#include "sandbox/limits.h"

#include <cstdio>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

namespace {

/// What `holds` says in a child of its own, whose limits die with it.
template <class Holds>
bool in_a_child(Holds holds)
{
    std::fflush(nullptr);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0)
        ::_exit(holds() ? 0 : 1);
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

rlimit limit_of(__rlimit_resource_t resource)
{
    rlimit limit = {};
    static_cast<void>(::getrlimit(resource, &limit));
    return limit;
}

} // namespace

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(no_core_file)
{
    BOOST_TEST(in_a_child([] {
        return sandbox::limit_core().has_value() && limit_of(RLIMIT_CORE).rlim_max == 0;
    }));
}

BOOST_AUTO_TEST_CASE(so_many_files_and_no_more)
{
    BOOST_TEST(in_a_child([] {
        if (!sandbox::limit_files(20).has_value())
            return false;
        int last = 0;
        for (int i = 0; i < 40 && last >= 0; ++i)
            last = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        return last < 0;
    }));
}

BOOST_AUTO_TEST_CASE(lowering_never_raises)
{
    BOOST_TEST(in_a_child([] {
        return sandbox::limit_files(20).has_value() &&
               sandbox::limit_files(4096).has_value() &&
               limit_of(RLIMIT_NOFILE).rlim_max == 20;
    }));
}

BOOST_AUTO_TEST_CASE(raising_goes_up_to_the_hard_limit)
{
    BOOST_TEST(in_a_child([] {
        const rlimit low = {10, 30};
        if (::setrlimit(RLIMIT_NOFILE, &low) != 0)
            return false;
        return sandbox::raise_files(4096).has_value() &&
               limit_of(RLIMIT_NOFILE).rlim_cur == 30;
    }));
}

BOOST_AUTO_TEST_CASE(no_further_processes)
{
    BOOST_TEST(in_a_child([] {
        return sandbox::limit_processes().has_value() &&
               limit_of(RLIMIT_NPROC).rlim_max == 0;
    }));
}

BOOST_AUTO_TEST_SUITE_END()
