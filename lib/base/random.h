// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace base {

/// Where unpredictable bytes come from. Passed by reference, so that tests can
/// say which.
class Random {
public:
    virtual ~Random() = default;
    /// Fills `out` whole.
    virtual void fill(std::span<std::byte> out) = 0;
    /// A number of 64 random bits.
    std::uint64_t number()
    {
        std::uint64_t value = 0;
        fill(std::as_writable_bytes(std::span(&value, 1)));
        return value;
    }
};

/// The kernel's generator, getrandom(2).
class SystemRandom final : public Random {
public:
    void fill(std::span<std::byte> out) override;
};

} // namespace base
