// SPDX-License-Identifier: ISC
#include "base/shared_number.h"

#include <utility>

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

using base::SharedNumber;

BOOST_AUTO_TEST_SUITE(shared_number)

BOOST_AUTO_TEST_CASE(what_a_child_writes_its_parent_reads)
{
    auto made = SharedNumber::make();
    BOOST_REQUIRE(made.has_value());
    const SharedNumber number = std::move(*made);
    BOOST_TEST(!*made);
    BOOST_TEST(number->load() == 0);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        number->store(7);
        ::_exit(0);
    }
    BOOST_REQUIRE(::waitpid(child, nullptr, 0) == child);
    BOOST_TEST(number->load() == 7);
}

BOOST_AUTO_TEST_SUITE_END()
