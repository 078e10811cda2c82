// SPDX-License-Identifier: ISC
#pragma once

#include <csignal>
#include <span>
#include <vector>

#include <poll.h>

#include "base/clock.h"
#include "io/deadline.h"

namespace io {

/// Waits for descriptors, with ppoll(2).
///
/// Signals that the process wants to hear of are kept blocked and let through
/// here only, so that none is lost between the look at its flag and the wait.
class Wait {
public:
    explicit Wait(const base::Clock& clock) : clock_(&clock) {}

    /// The signal mask in force while waiting; by default the process's own.
    void let_signals_through(const sigset_t& mask);

    /// Watches `fd` for `events` (POLLIN, POLLOUT, POLLRDHUP); a second call replaces
    /// them.
    void add(int fd, short events);
    void remove(int fd);

    struct Ready {
        int fd;
        short events; ///< as poll(2) gives them, POLLHUP and POLLERR among them
    };
    /// Those that are ready; none when the deadline passes or a signal came.
    /// Valid until the next call.
    std::span<const Ready> next(Deadline deadline);

    /// Waits for `fd` alone. False if a signal came first; true if it is ready or
    /// the deadline has passed.
    bool for_one(int fd, short events, Deadline deadline) const;

    const base::Clock& clock() const { return *clock_; }

private:
    /// As ppoll(2), with -1 for an interruption.
    int poll(std::span<pollfd> fds, Deadline deadline) const;

    const base::Clock* clock_;
    sigset_t mask_ = {};
    bool masked_ = false;
    std::vector<pollfd> fds_;
    std::vector<Ready> ready_;
};

} // namespace io
