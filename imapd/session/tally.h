// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>

namespace imapd {

/// What a session has done, in messages: for the line in the log that ends it.
struct Tally {
    std::uint64_t fetched = 0;  ///< of which text was sent, each time that it was
    std::uint64_t appended = 0; ///< also by REPLACE
    std::uint64_t copied = 0;   ///< also by MOVE
    std::uint64_t deleted = 0;  ///< that were marked as such
    std::uint64_t expunged = 0; ///< from their mailbox, by whatever command
};

} // namespace imapd
