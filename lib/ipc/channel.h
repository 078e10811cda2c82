// SPDX-License-Identifier: ISC
/// \file
/// Datagrams with descriptors, between our own processes.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/result.h"
#include "base/unique_fd.h"
#include "io/deadline.h"
#include "io/wait.h"

namespace ipc {

/// Who sent a datagram, by the kernel's word (SCM_CREDENTIALS).
struct Sender {
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
};

/// One datagram as it came.
struct Datagram {
    std::string bytes;
    std::vector<base::UniqueFd> fds; ///< all of them O_CLOEXEC
    std::optional<Sender> sender;    ///< if the channel asked for credentials
};

/// One end of a SOCK_SEQPACKET socket pair: a datagram arrives whole or not at all,
/// with its descriptors, and the end of the other side is seen.
///
/// Nothing here trusts the other end: what is longer than `max_octets`, empty, or
/// carries more than `max_fds` descriptors is refused, its descriptors closed.
/// No operation waits but the two that take a deadline.
class Channel {
public:
    static constexpr std::size_t max_octets = 96 * 1024;
    static constexpr std::size_t max_fds = 4;

    Channel() = default;
    explicit Channel(base::UniqueFd socket) : socket_(std::move(socket)) {}

    struct Pair;
    /// Two connected ends, both O_CLOEXEC.
    static base::Result<Pair> pair();

    /// Every datagram received here will say who sent it.
    base::Status ask_for_credentials();

    /// Sends one datagram of 1 … `max_octets` octets; `fds` stay the caller's.
    /// Errors: Busy if there is no room now, Gone if nobody can read it, Limit.
    base::Status send(std::string_view bytes, std::span<const int> fds = {});
    /// The same, waiting for room. Errors: Timeout too, and Busy if a signal that
    /// `wait` lets through came first.
    base::Status send(std::string_view bytes, std::span<const int> fds,
                      const io::Wait& wait, io::Deadline deadline);

    /// The next datagram. Errors: Busy if there is none, Gone at the end, Limit for
    /// one that is refused as above (and has been taken).
    base::Result<Datagram> receive();
    /// The same, waiting for one. Errors: Timeout too, and Busy if a signal that
    /// `wait` lets through came first.
    base::Result<Datagram> receive(const io::Wait& wait, io::Deadline deadline);

    /// Says that nothing more will be sent; receiving goes on.
    void close_sending();

    int fd() const { return socket_.get(); }
    explicit operator bool() const { return static_cast<bool>(socket_); }
    /// Gives the descriptor away, or closes it.
    base::UniqueFd release() { return std::move(socket_); }
    void close() { socket_.reset(); }

private:
    base::UniqueFd socket_;
};

struct Channel::Pair {
    Channel first;
    Channel second;
};

} // namespace ipc
