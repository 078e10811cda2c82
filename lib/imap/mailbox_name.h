// SPDX-License-Identifier: ISC
/// \file
/// Mailbox names: on the wire in modified UTF-7, inside in UTF-8.
///
/// RFC 3501 §5.1 and §5.1.3. Separators and levels are no business of this file, nor
/// is what a Maildir can store.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace imap {

/// The longest name we take, in octets of its UTF-8 form.
inline constexpr std::size_t max_mailbox_name = 1000;

/// Whether `name` is INBOX in any case; the whole name, not its first level.
bool is_inbox(std::string_view name);

/// The UTF-8 form of a name in modified UTF-7, with INBOX in capitals.
///
/// Errors: Cannot for what is not well-formed modified UTF-7 (also for 8-bit
/// octets), for control characters, for the empty name; Limit past
/// `max_mailbox_name`.
base::Result<std::string> mailbox_from_wire(std::string_view wire);

/// The modified UTF-7 form of a valid UTF-8 name.
std::string mailbox_to_wire(std::string_view name);

} // namespace imap
