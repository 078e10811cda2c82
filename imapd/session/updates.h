// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/number_set.h"
#include "mailbox/flags.h"

namespace imapd {

/// What a client is about to be told, in the order of the wire (R25): EXPUNGE,
/// EXISTS, RECENT, FETCH.
struct Updates {
    /// Sequence numbers for EXPUNGE, each counted after those before it were
    /// taken away (RFC 9051 §7.5.1): highest first, so that they stand as they are.
    std::vector<std::uint32_t> expunged;
    base::NumberSet vanished; ///< the same messages by UID
    std::optional<std::size_t> exists;
    std::optional<std::size_t> recent;
    base::NumberSet flagged; ///< UIDs whose FLAGS are to be told
    base::NumberSet touched; ///< others, whose MODSEQ alone is to be told
    bool is_empty() const
    {
        return expunged.empty() && !exists && !recent && flagged.empty() &&
               touched.empty();
    }
};

} // namespace imapd
