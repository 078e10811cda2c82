// SPDX-License-Identifier: ISC
#include "base/turnstile.h"

#include <boost/test/unit_test.hpp>

#include "base/speaking_child.h"

using base::Turnstile;

namespace {

/// Takes a turn, and keeps it.
struct Holder : SpeakingChild {
    explicit Holder(const Turnstile& turnstile)
        : SpeakingChild([&](const auto& say) {
              const auto turn = turnstile.take();
              say();
              for (;;)
                  ::pause();
          })
    {
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(turnstile)

BOOST_AUTO_TEST_CASE(lets_so_many_through_and_the_next_when_one_dies)
{
    const auto turnstile = Turnstile::make(2);
    BOOST_REQUIRE(turnstile.has_value());
    Holder first(*turnstile);
    BOOST_TEST(first.has_spoken());
    Holder second(*turnstile);
    BOOST_TEST(second.has_spoken());
    const Holder third(*turnstile);
    BOOST_TEST(!third.has_spoken(Holder::moment_ms));
    first.die();
    second.die(); // the third waits for one of the two
    BOOST_TEST(third.has_spoken());
}

BOOST_AUTO_TEST_CASE(a_turn_that_is_over_is_the_next_ones)
{
    const auto turnstile = Turnstile::make(1);
    BOOST_REQUIRE(turnstile.has_value());
    {
        const auto turn = turnstile->take();
        const Holder other(*turnstile);
        BOOST_TEST(!other.has_spoken(Holder::moment_ms));
    }
    const Holder other(*turnstile);
    BOOST_TEST(other.has_spoken());
}

BOOST_AUTO_TEST_SUITE_END()
