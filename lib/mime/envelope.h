// SPDX-License-Identifier: ISC
/// \file
/// What ENVELOPE tells of a message. RFC 3501 §7.4.2.
#pragma once

#include <optional>
#include <string>

#include "mime/address.h"
#include "mime/header.h"

namespace mime {

/// Strings are unfolded and otherwise as stored: encoded words are not decoded,
/// 8-bit octets and NULs may be in them. Absent: there is no such field.
struct Envelope {
    std::optional<std::string> date;
    std::optional<std::string> subject;
    Addresses from;
    Addresses sender;   ///< `from` if the field is missing or empty
    Addresses reply_to; ///< `from` if the field is missing or empty
    Addresses to;
    Addresses cc;
    Addresses bcc;
    std::optional<std::string> in_reply_to;
    std::optional<std::string> message_id;

    bool operator==(const Envelope&) const = default;
};

/// The envelope of the message with this header.
Envelope parse_envelope(const Header& header);

} // namespace mime
