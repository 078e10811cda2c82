// SPDX-License-Identifier: ISC
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/clock.h"

namespace io {

/// A moment on the steady clock by which something must have happened.
class Deadline {
public:
    static Deadline never()
    {
        return Deadline(std::numeric_limits<std::int64_t>::max());
    }
    static Deadline after_ms(const base::Clock& clock, std::int64_t ms)
    {
        return Deadline(clock.steady_us() + ms * 1000);
    }

    /// Of a moment on that clock.
    static Deadline at(std::int64_t steady_us) { return Deadline(steady_us); }

    bool is_never() const { return at_us_ == never().at_us_; }
    bool has_passed(const base::Clock& clock) const
    {
        return !is_never() && clock.steady_us() >= at_us_;
    }
    /// What poll(2) wants: -1 for never, else milliseconds, rounded up.
    int poll_ms(const base::Clock& clock) const
    {
        if (is_never())
            return -1;
        const std::int64_t left = at_us_ - clock.steady_us();
        return static_cast<int>(
            std::clamp<std::int64_t>((left + 999) / 1000, 0, 3600 * 1000));
    }
    Deadline earlier(Deadline other) const
    {
        return at_us_ <= other.at_us_ ? *this : other;
    }
    bool operator==(const Deadline&) const = default;

private:
    explicit Deadline(std::int64_t at_us) : at_us_(at_us) {}
    std::int64_t at_us_;
};

} // namespace io
