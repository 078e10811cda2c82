// SPDX-License-Identifier: ISC
/// \file
/// SHA-256, FIPS 180-4. To tell contents apart, not to keep secrets: the session has no
/// cryptographic library.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace base {

/// Takes octets piece by piece; where they are cut makes no difference.
class Sha256 {
public:
    using Digest = std::array<std::uint8_t, 32>;

    void feed(std::string_view octets);
    /// The digest of all that was fed. The object is used up by it.
    Digest finish();

private:
    static constexpr std::size_t block_octets = 64;
    void take(const char* block);

    std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                           0xa54ff53a, 0x510e527f, 0x9b05688c,
                                           0x1f83d9ab, 0x5be0cd19};
    std::array<char, block_octets> held_ = {};
    std::uint64_t octets_ = 0;
};

} // namespace base
