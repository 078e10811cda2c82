// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>

#include "base/result.h"
#include "imap/message_url.h"
#include "mailbox/append.h"
#include "session/session.h"

namespace imapd {

/// Writes to `append` what a FETCH of BODY[section] of the message would give (RFC
/// 4469 §3), `room` octets at most; gives how many there were. \Seen stays as it is.
///
/// Errors: NotFound if there is no such mailbox, message or part; Limit.
base::Result<std::uint64_t> copy_url_part(Session& session, const imap::MessageUrl& url,
                                          std::uint64_t room, mailbox::Append& append);

} // namespace imapd
