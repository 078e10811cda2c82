// SPDX-License-Identifier: ISC
/// \file
/// URLs of messages and parts on this very server, as CATENATE takes them.
///
/// RFC 5092 §5 and RFC 4469 §3: relative ones only, without a scheme or a server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "imap/parser.h"

namespace imap {

/// `/INBOX;UIDVALIDITY=785799047/;UID=113330/;SECTION=1.5.9/;PARTIAL=0.1024`
struct MessageUrl {
    static constexpr std::size_t max_octets = 8192;

    /// Whether the URL names a mailbox, or leaves it to what is selected.
    bool has_mailbox = false;
    std::string mailbox; ///< in UTF-8, unescaped
    std::optional<std::uint32_t> uid_validity;
    std::uint32_t uid = 0;
    std::string section; ///< unescaped: `1.MIME`, `HEADER`; empty: the whole message
    std::optional<std::uint64_t> offset; ///< of PARTIAL
    std::optional<std::uint64_t> octets; ///< ditto; none: up to the end

    /// Errors: Syntax for what is no URL of a message; Unsupported for one with a
    /// scheme, a server, or an authorisation (URLAUTH); Limit past `max_octets`.
    static base::Result<MessageUrl> parse(std::string_view text);
};

} // namespace imap
