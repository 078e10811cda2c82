// SPDX-License-Identifier: ISC
#pragma once

namespace io {

/// The client is gone, or must be treated so: end of file, a reset, a write that
/// made no progress until its deadline, a request to stop. Not derived from
/// `std::exception`, so that no boundary swallows it (HACKING.md).
struct Disconnected {
    /// Unheard: it takes nothing any more, though what it has sent may still be read.
    /// Outnumbered: it makes room for another connection of its user.
    enum class Reason { Closed, TimedOut, Stopped, Failed, Unheard, Outnumbered };
    Reason reason = Reason::Closed;
};

} // namespace io
