// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>

#include "base/shared_number.h"

namespace logging {

/// A warning that every one of many processes has cause for, and that only one of them
/// gives, in an hour: all that are forked from this one share a page of memory for it.
/// To be made before they are.
class Seldom {
public:
    static constexpr std::int64_t interval_us = 3600 * std::int64_t{1'000'000};

    Seldom();

    /// Whether it is this process that gives it, now: `base::Clock::steady_us`.
    bool is_time(std::int64_t now_us) const;

private:
    base::SharedNumber next_us_; ///< none: there was no page to be had
};

} // namespace logging
