// SPDX-License-Identifier: ISC
#pragma once

#include <string>

#include "base/result.h"
#include "mailbox/mailbox.h"

namespace imapd {

/// The EMAILID of a message, RFC 8474 §5.1: made from its octets alone, so that copies
/// have the same, and so that it survives the index, other programs and other servers.
/// `M` and the first 128 bits of the SHA-256 in hex.
///
/// Taken from the index where it is known; else the file is read whole and the index
/// told. NotFound: the message is gone.
base::Result<std::string> email_id(mailbox::Mailbox& mailbox, mailbox::Uid uid);

} // namespace imapd
