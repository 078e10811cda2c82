// SPDX-License-Identifier: ISC
#pragma once

#include <csignal>

namespace supervisor {

/// What signals have asked for. Set by handlers, taken by the loop.
struct Wishes {
    volatile std::sig_atomic_t stop = 0;   ///< SIGTERM, SIGINT
    volatile std::sig_atomic_t reload = 0; ///< SIGHUP
};

/// The signals of the supervisor: blocked, but for waits, while this object lives.
/// SIGCHLD only ends a wait; SIGPIPE is ignored for good.
class Signals {
public:
    Signals();
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    /// The mask for waits, and for children.
    const sigset_t& open_mask() const { return open_mask_; }
    /// In a forked child: as if this object had never been.
    void undo() const;

    static Wishes& wishes();

private:
    sigset_t open_mask_ = {};
};

} // namespace supervisor
