// SPDX-License-Identifier: ISC
#pragma once

#include <chrono>
#include <cstdint>

namespace base {

/// Where the time comes from. Passed by reference, so that tests hold it still.
class Clock {
public:
    virtual ~Clock() = default;
    /// Microseconds since 1970-01-01 00:00 UTC.
    virtual std::int64_t wall_us() const = 0;
    /// Microseconds on a clock that never jumps; only differences mean anything.
    virtual std::int64_t steady_us() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
public:
    std::int64_t wall_us() const override
    {
        using namespace std::chrono;
        return duration_cast<microseconds>(system_clock::now().time_since_epoch())
            .count();
    }
    std::int64_t steady_us() const override
    {
        using namespace std::chrono;
        return duration_cast<microseconds>(steady_clock::now().time_since_epoch())
            .count();
    }
};

} // namespace base
