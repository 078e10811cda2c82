// SPDX-License-Identifier: ISC
/// \file
/// What a client that was away has missed: the QRESYNC parameter of SELECT and EXAMINE,
/// and VANISHED (EARLIER). RFC 7162 §3.2.5, §3.2.6.
#pragma once

#include <cstdint>

#include "base/number_set.h"
#include "imap/parser.h"

namespace imapd {

class Session;

/// What the client knew of the mailbox when it left.
struct Resync {
    std::uint32_t uid_validity = 0;
    std::uint64_t mod_sequence = 0;
    base::NumberSet known_uids; ///< all there can be if it does not say
    /// Sequence numbers with the UIDs that they had, place by place.
    base::NumberSet numbers;
    base::NumberSet uids;
};

/// "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")"
///
/// Throws imap::SyntaxError, also for `*` and `$`, which have no meaning here.
Resync parse_resync(imap::Parser& in);

/// Tells what has vanished and which flags have changed since, in the mailbox just
/// selected; nothing if it has another UIDVALIDITY now.
void tell_missed(Session& session, const Resync& resync);

/// Tells which of `uids` were removed since `mod_sequence`, unless it is none.
void tell_vanished(Session& session, const base::NumberSet& uids,
                   std::uint64_t mod_sequence);

} // namespace imapd
