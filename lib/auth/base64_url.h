// SPDX-License-Identifier: ISC
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "text/base64.h"

namespace auth {

/// Base64 as tokens and keys have it: `-` and `_`, no padding (RFC 7515 §2).
inline std::optional<std::string> base64_url_decode(std::string_view text)
{
    std::string usual;
    for (const char c : text) {
        if (c == '+' || c == '/' || c == '=')
            return std::nullopt;
        usual += c == '-' ? '+' : c == '_' ? '/' : c;
    }
    usual.append((4 - usual.size() % 4) % 4, '=');
    auto octets = text::base64_decode(usual);
    if (!octets)
        return std::nullopt;
    return std::move(*octets);
}

} // namespace auth
