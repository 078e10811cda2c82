// SPDX-License-Identifier: ISC
#pragma once

#include <atomic>
#include <cstdint>

namespace logging {

/// A warning that every one of many processes has cause for, and that only one of them
/// gives, in an hour: all that are forked from this one share a page of memory for it.
/// To be made before they are.
class Seldom {
public:
    static constexpr std::int64_t interval_us = 3600 * std::int64_t{1'000'000};

    Seldom();
    ~Seldom();
    Seldom(const Seldom&) = delete;
    Seldom& operator=(const Seldom&) = delete;

    /// Whether it is this process that gives it, now: `base::Clock::steady_us`.
    bool is_time(std::int64_t now_us) const;

private:
    std::atomic<std::int64_t>* next_us_; ///< null: there was no page to be had
};

} // namespace logging
