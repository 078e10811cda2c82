// SPDX-License-Identifier: ISC
/// \file
/// What the mailroom and a courier say to each other.
///
///     mailroom ── Errand … Errand {the message's file} ──► courier
///     mailroom ◄─ replies ────────────────────────────────
///
/// Each is a datagram: an errand for every recipient of a message, of which the last
/// has the file with it, and one for all the replies.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "deliver/exit_status.h"
#include "deliver/header_filter.h"
#include "deliver/lmtp_session.h"
#include "deliver/recipient.h"

namespace deliver {

/// One recipient of a message.
struct Errand {
    /// Who it is: the name, the home, the Maildir, the quota and the extension alone go
    /// on the wire. As whom to deliver is settled before there is a courier.
    Recipient recipient;
    TraceFields fields; ///< with all of them

    std::string encode() const;
    /// Errors: Syntax, for anything but what `encode` gives.
    static base::Result<Errand> decode(std::string_view bytes);
};

/// "451 4.2.0 text" of an outcome whose line is "4.2.0 deliver: text".
LmtpReply reply_for(const Outcome& outcome);

/// The replies of a courier as one datagram, in which there is room for those of
/// `LmtpSession::max_recipients`: texts that are too long for that are cut.
std::string encode_replies(const std::vector<LmtpReply>& replies);

/// `count` replies; none if that is not what `bytes` has. A courier is a user's process
/// and can say what it likes, so long as it is a reply: no line end comes with it, say.
std::vector<LmtpReply> decode_replies(std::string_view bytes, std::size_t count);

} // namespace deliver
