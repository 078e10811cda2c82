// SPDX-License-Identifier: ISC
#pragma once

#include "base/number_set.h"
#include "base/result.h"
#include "fetch/items.h"
#include "session/session.h"

namespace imapd {

/// What came of fetching some messages.
struct Fetched {
    bool some_gone = false;             ///< some of them were not there any more
    base::Status failed = base::Done{}; ///< what kept us from reading one that is
};

/// Writes FETCH responses for those of `uids` that are there, which the view must know.
/// Of `newly_seen`, flags are told as well, since those have just changed.
Fetched fetch_messages(Session& session, const Items& items, base::NumberSet uids,
                       const base::NumberSet& newly_seen);

} // namespace imapd
