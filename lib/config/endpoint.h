// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace config {

/// An address and a port, as text: `127.0.0.1:143`, `[::1]:143`. Turning it into a
/// socket address is `net`'s work.
struct Endpoint {
    std::string host;   ///< numeric, without brackets; IPv6 perhaps with `%zone`
    std::uint16_t port; ///< 0: whichever is free, for tests

    /// Errors: Syntax, with what would be right in the text.
    static base::Result<Endpoint> parse(std::string_view text);

    /// As it was written: IPv6 in brackets.
    std::string to_text() const;

    bool operator==(const Endpoint&) const = default;
};

} // namespace config
