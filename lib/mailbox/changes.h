// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
#include <vector>

#include "base/number_set.h"
#include "mailbox/flags.h"

namespace mailbox {

/// What became of a mailbox since it was last asked. Only UIDs: what a client was
/// told, and under which sequence numbers, is known to the session's view.
struct Changes {
    struct Flagged {
        Uid uid;
        std::uint64_t mod_sequence;
    };
    base::NumberSet vanished;
    base::NumberSet appeared;
    base::NumberSet recent; ///< of `appeared`, those that are ours to call \Recent
    std::vector<Flagged> flagged;   ///< messages known before, whose flags differ
    std::uint64_t mod_sequence = 0; ///< all changes up to this one have been given now
    Uid uid_next = 1;               ///< all messages below it have been given now
    bool is_empty() const
    {
        return vanished.empty() && appeared.empty() && recent.empty() &&
               flagged.empty();
    }
};

} // namespace mailbox
