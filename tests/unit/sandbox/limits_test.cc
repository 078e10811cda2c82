// SPDX-License-Identifier: ISC
#include "sandbox/limits.h"

#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "child.h"

namespace {

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

#if !defined(__SANITIZE_ADDRESS__)
BOOST_AUTO_TEST_CASE(so_much_memory_and_no_more)
{
    BOOST_TEST(in_a_child([] {
        if (!sandbox::limit_data(64 << 20).has_value())
            return false;
        const void* const little = std::malloc(1 << 20);
        const void* const much = std::malloc(128 << 20);
        return little != nullptr && much == nullptr;
    }));
}
#endif

BOOST_AUTO_TEST_CASE(no_bound_on_memory)
{
    BOOST_TEST(in_a_child([] {
        const rlimit before = limit_of(RLIMIT_DATA);
        return sandbox::limit_data(0).has_value() &&
               limit_of(RLIMIT_DATA).rlim_max == before.rlim_max;
    }));
}

BOOST_AUTO_TEST_SUITE_END()
