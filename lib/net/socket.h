// SPDX-License-Identifier: ISC
/// \file
/// Listening and connected TCP sockets.
#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

#include "base/result.h"
#include "base/unique_fd.h"
#include "net/address.h"

namespace net {

/// Connections that the kernel keeps for us until we accept them.
inline constexpr int listen_backlog = 511;

/// A listening socket on `address`, non-blocking, with SO_REUSEADDR, and on IPv6
/// for IPv6 alone, so that "0.0.0.0:143 [::]:143" is two sockets that do not
/// collide. Errors: as bind(2) and listen(2), with the address in the text.
base::Result<base::UniqueFd> listen(const Address& address);

/// A listening socket at `path` that only `owner` and root can connect to,
/// non-blocking; without an owner, anybody who can get to it in its directory. One that
/// nobody listens on any more, as a crash leaves it, is replaced. Errors: as bind(2)
/// and listen(2), EADDRINUSE for one that is in use, with the path in the text; Limit
/// for a path that is too long for one.
base::Result<base::UniqueFd> listen_at(const std::string& path,
                                       std::optional<uid_t> owner);

/// Whether it is a listening socket.
bool is_listening(int fd);

/// When an idle connection is probed, and given up. Unit: seconds.
struct KeepAlive {
    int idle = 600;
    int interval = 60;
    int probes = 5;
};

/// Makes TCP find out that an idle client is no longer there: nothing else tells of
/// a phone that has left its network. A socket that is not TCP stays as it is.
void keep_alive(int socket, const KeepAlive& times = {});

/// Sends small answers at once (TCP_NODELAY): we write whole responses, so waiting
/// for more only adds latency. A socket that is not TCP stays as it is.
void no_delay(int socket);

} // namespace net
