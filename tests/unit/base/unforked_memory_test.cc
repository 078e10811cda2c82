// SPDX-License-Identifier: ISC
#include "base/unforked_memory.h"

#include <algorithm>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(unforked_memory)

BOOST_AUTO_TEST_CASE(a_child_finds_zeros)
{
    base::UnforkedMemory memory;
    for (const std::size_t size : {100U, 100'000U}) {
        const std::pmr::string text(size, 'x', memory.resource());
        const pid_t child = ::fork();
        BOOST_REQUIRE(child >= 0);
        if (child == 0) {
            const bool is_gone =
                std::all_of(text.begin(), text.end(), [](char c) { return c == '\0'; });
            ::_exit(is_gone ? 0 : 1);
        }
        int status = -1;
        BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
        BOOST_TEST(status == 0);
        BOOST_TEST((text == std::pmr::string(size, 'x')));
    }
}

BOOST_AUTO_TEST_SUITE_END()
