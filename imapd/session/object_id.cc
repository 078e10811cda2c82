// SPDX-License-Identifier: ISC
#include "session/object_id.h"

#include <string_view>

namespace imapd {

std::string object_id(const std::array<std::uint8_t, 16>& guid)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string id;
    id.reserve(2 * guid.size());
    for (const std::uint8_t octet : guid) {
        id += digits[octet >> 4];
        id += digits[octet & 15];
    }
    return id;
}

} // namespace imapd
