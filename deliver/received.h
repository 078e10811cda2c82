// SPDX-License-Identifier: ISC
/// \file
/// The trace field of a message that came by LMTP. RFC 5321 §4.4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace deliver {

/// Where a message came from.
struct Origin {
    std::string client;  ///< what it called itself by LHLO
    std::string address; ///< of its end of the connection; empty for a local socket
    /// RFC 6531 §4.3 names the protocol by whether MAIL had the parameter SMTPUTF8.
    enum class Protocol { Lmtp, Utf8Lmtp } protocol = Protocol::Lmtp;
};

/// "Received: from … by … with … for …; date" with its last line end. What a client
/// chose is kept to characters that cannot be taken for another part of the field; a
/// recipient with others is left out, as it is where there is none.
///
/// `time` is Unix time, and is told in the machine's time zone.
std::string received_field(const Origin& origin, std::string_view host,
                           std::string_view recipient, std::int64_t time);

} // namespace deliver
