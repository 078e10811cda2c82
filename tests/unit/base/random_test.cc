// SPDX-License-Identifier: ISC
#include "base/random.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(random_source)

BOOST_AUTO_TEST_CASE(fills_whole_and_never_twice_the_same)
{
    base::SystemRandom random;
    std::array<std::byte, 4096> first = {};
    std::array<std::byte, 4096> second = {};
    random.fill(first);
    random.fill(second);
    BOOST_TEST((first != second));
    // 16 octets of zero by chance: once in 2^128.
    BOOST_TEST((std::any_of(first.end() - 16, first.end(),
                            [](std::byte b) { return b != std::byte{0}; })));
    BOOST_TEST(random.number() != random.number());
    random.fill({});
}

BOOST_AUTO_TEST_SUITE_END()
