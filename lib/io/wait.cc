// SPDX-License-Identifier: ISC
#include "io/wait.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace io {

void Wait::let_signals_through(const sigset_t& mask)
{
    mask_ = mask;
    masked_ = true;
}

void Wait::add(int fd, short events)
{
    for (pollfd& p : fds_) {
        if (p.fd == fd) {
            p.events = events;
            return;
        }
    }
    fds_.push_back({fd, events, 0});
}

void Wait::remove(int fd)
{
    std::erase_if(fds_, [fd](const pollfd& p) { return p.fd == fd; });
}

int Wait::poll(std::span<pollfd> fds, Deadline deadline) const
{
    const int ms = deadline.poll_ms(*clock_);
    const timespec limit = {ms / 1000, (ms % 1000) * 1'000'000L};
    const int n = ::ppoll(fds.data(), fds.size(), ms < 0 ? nullptr : &limit,
                          masked_ ? &mask_ : nullptr);
    if (n < 0 && errno != EINTR)
        throw std::system_error(errno, std::generic_category(), "ppoll");
    return n;
}

bool Wait::for_one(int fd, short events, Deadline deadline) const
{
    pollfd one = {fd, events, 0};
    return poll({&one, 1}, deadline) >= 0;
}

std::span<const Wait::Ready> Wait::next(Deadline deadline)
{
    ready_.clear();
    const int n = poll(fds_, deadline);
    if (n > 0) {
        for (const pollfd& p : fds_) {
            if (p.revents != 0)
                ready_.push_back({p.fd, p.revents});
        }
    }
    return ready_;
}

} // namespace io
