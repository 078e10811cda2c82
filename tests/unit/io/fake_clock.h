// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>

#include "base/clock.h"

/// A clock that a test moves by hand; starts at one second.
class FakeClock final : public base::Clock {
public:
    std::int64_t wall_us() const override { return now_us; }
    std::int64_t steady_us() const override { return now_us; }

    std::int64_t now_us = 1'000'000;
};
