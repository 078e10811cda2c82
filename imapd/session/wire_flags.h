// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imap/flags.h"
#include "mailbox/flags.h"

namespace imapd {

/// Flags as kept, as a client reads them: `keywords` are the folder's, by bit.
imap::Flags wire_flags(const mailbox::Flags& flags,
                       const std::vector<std::string>& keywords, bool is_recent);

/// System flags that a client sent, as Maildir's bits.
std::uint8_t kept_flags(const imap::Flags& flags);

} // namespace imapd
