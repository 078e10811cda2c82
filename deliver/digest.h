// SPDX-License-Identifier: ISC
#pragma once

#include <string>

#include "base/sha256.h"

namespace deliver {

/// A digest in hexadecimal digits.
inline std::string to_hex(const base::Sha256::Digest& digest)
{
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto octet : digest) {
        text += digits[octet >> 4];
        text += digits[octet & 15];
    }
    return text;
}

} // namespace deliver
