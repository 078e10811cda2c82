// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mailbox {

using Uid = std::uint32_t;

/// The largest UID that we give: UIDNEXT is one more, and has to fit as well.
inline constexpr Uid last_uid = 4294967294;

/// The flags of one message as we keep them: Maildir's six as bits, and a bit for
/// each of the folder's 26 keywords. \Recent is not among them: it belongs to a
/// session, not to a message.
struct Flags {
    std::uint8_t system = 0;    ///< `maildir::Flag` bits
    std::uint32_t keywords = 0; ///< bit 0 is letter a
    bool operator==(const Flags&) const = default;
};

/// What STORE asks for. RFC 9051 §6.4.6.
struct FlagChange {
    enum class Mode { Replace, Add, Remove };
    Mode mode = Mode::Replace;
    std::uint8_t system = 0;
    std::vector<std::string> keywords;
};

} // namespace mailbox
