// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imap/flags.h"
#include "mailbox/flags.h"

namespace imapd {

/// Flags as kept, as a client reads them: `keywords` are the folder's, by bit.
imap::Flags wire_flags(const mailbox::Flags& flags,
                       const std::vector<std::string>& keywords, bool is_recent);

/// flag-list of all flags that there are in a folder, with `more` at its end. What
/// other programs have named so that IMAP cannot say it is left out.
std::string flag_list(const std::vector<std::string>& keywords,
                      std::string_view more = {});

/// System flags that a client sent, as Maildir's bits.
std::uint8_t kept_flags(const imap::Flags& flags);

} // namespace imapd
