// SPDX-License-Identifier: ISC
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace imapd {

/// A GUID as RFC 8474 wants its identifiers: letters and digits. The form is that in
/// which dovecot-uidlist has it, so that a mailbox keeps its MAILBOXID when a site
/// changes over.
std::string object_id(const std::array<std::uint8_t, 16>& guid);

} // namespace imapd
