// SPDX-License-Identifier: ISC
/// \file
/// How the supervisor knows which of a user's sessions has idled the longest.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "base/shared_number.h"

namespace ipc {

/// One number that a session and the supervisor share: since when the session has been
/// in IDLE.
///
/// A page of memory that the supervisor maps before it forks, and its child writes to.
/// A message for each IDLE would cost a system call and give every session a way to
/// speak to root; here it can say one number, which is a time or nonsense. What the
/// child does not have is the page of any other session.
class IdleMark {
public:
    /// Errors: those of mmap(2).
    static base::Result<IdleMark> make();

    IdleMark() = default;

    /// For the parent, after the fork: no later child gets this page.
    void keep_to_this_process() { since_us_.keep_to_this_process(); }

    /// By the session: `since_us` on the steady clock. Nothing where there is no page.
    void set(std::int64_t since_us);
    void clear() { set(0); }

    /// Since when, if it is in IDLE; whatever the session says.
    std::optional<std::int64_t> since_us() const;

private:
    base::SharedNumber since_us_;
};

} // namespace ipc
