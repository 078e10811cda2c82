// SPDX-License-Identifier: ISC
#include "net/socket.h"

#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace net {

using base::Error;

namespace {

/// Sets an option that is a number; false if the socket does not have it.
bool set(int socket, int level, int option, int value)
{
    return ::setsockopt(socket, level, option, &value, sizeof value) == 0;
}

} // namespace

base::Result<base::UniqueFd> listen(const Address& address)
{
    base::UniqueFd socket(::socket(
        address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
    if (!socket)
        return Error::from_errno("socket", address.to_text());
    if (!set(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1))
        return Error::from_errno("setsockopt", address.to_text());
    if (address.family() == AF_INET6 &&
        !set(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1))
        return Error::from_errno("setsockopt", address.to_text());
    if (::bind(socket.get(), address.data(), address.size()) != 0)
        return Error::from_errno("bind", address.to_text());
    if (::listen(socket.get(), listen_backlog) != 0)
        return Error::from_errno("listen", address.to_text());
    return socket;
}

base::Result<base::UniqueFd> listen_at(const std::string& path,
                                       std::optional<uid_t> owner)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return Error{base::Errc::Limit, "too long for a socket: " + path};
    path.copy(address.sun_path, path.size());
    const auto* const at = reinterpret_cast<const sockaddr*>(&address);
    base::UniqueFd socket(
        ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket)
        return Error::from_errno("socket", path);
    if (::connect(socket.get(), at, sizeof address) == 0 || errno == EAGAIN)
        return Error::from_errno("bind", path, EADDRINUSE);
    struct stat there = {};
    if (errno == ECONNREFUSED && ::lstat(path.c_str(), &there) == 0 &&
        S_ISSOCK(there.st_mode)) // any other file refuses connections as well
        static_cast<void>(::unlink(path.c_str()));
    const mode_t mask = ::umask(owner ? 0177 : 0111);
    const int bound = ::bind(socket.get(), at, sizeof address);
    ::umask(mask);
    if (bound != 0)
        return Error::from_errno("bind", path);
    if (owner && *owner != ::geteuid() &&
        ::lchown(path.c_str(), *owner, static_cast<gid_t>(-1)) != 0)
        return Error::from_errno("chown", path);
    if (::listen(socket.get(), listen_backlog) != 0)
        return Error::from_errno("listen", path);
    return socket;
}

bool is_listening(int fd)
{
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 &&
           value != 0;
}

void keep_alive(int socket, const KeepAlive& times)
{
    // The three times mean nothing to a socket that is not TCP, which says so.
    if (set(socket, SOL_SOCKET, SO_KEEPALIVE, 1) &&
        set(socket, IPPROTO_TCP, TCP_KEEPIDLE, times.idle) &&
        set(socket, IPPROTO_TCP, TCP_KEEPINTVL, times.interval))
        static_cast<void>(set(socket, IPPROTO_TCP, TCP_KEEPCNT, times.probes));
}

void no_delay(int socket)
{
    static_cast<void>(set(socket, IPPROTO_TCP, TCP_NODELAY, 1));
}

} // namespace net
