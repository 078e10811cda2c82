// SPDX-License-Identifier: ISC
#pragma once

#include <unistd.h>

#include <utility>

namespace base {

/// Owns one file descriptor and closes it. The only owner type for fds in this
/// tree: a bare `int fd` is always borrowed, for the length of the call.
class UniqueFd {
public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) noexcept : fd_(fd) {}
    UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept
    {
        reset(other.release());
        return *this;
    }
    ~UniqueFd() { reset(); }

    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    int release() noexcept { return std::exchange(fd_, -1); }

    /// Closes what it held. Never fails: on Linux the descriptor is gone even
    /// if close(2) says EINTR. Code that must know of a write error calls
    /// fsync(2) first.
    void reset(int fd = -1) noexcept
    {
        if (const int old = std::exchange(fd_, fd); old >= 0)
            ::close(old);
    }

private:
    int fd_ = -1;
};

} // namespace base
