// SPDX-License-Identifier: ISC
#pragma once

namespace io {

/// The client is gone, or must be treated so: end of file, a reset, a write that
/// made no progress until its deadline, a request to stop. Not derived from
/// `std::exception`, so that no boundary swallows it (HACKING.md).
struct Disconnected {
    enum class Reason { Closed, TimedOut, Stopped, Failed };
    Reason reason = Reason::Closed;
};

} // namespace io
