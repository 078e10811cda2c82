// SPDX-License-Identifier: ISC
#include "ipc/channel.h"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>

namespace ipc {

using base::Errc;
using base::Error;
using base::Result;

namespace {

/// Room for what may come beside the bytes: descriptors and credentials. One
/// descriptor more than is allowed, so that too many are seen as such.
union Ancillary {
    cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * (Channel::max_fds + 1)) +
               CMSG_SPACE(sizeof(ucred))];
};

/// Between two tries to send what there was no room for.
constexpr std::int64_t retry_ms = 2;

Error error_of_errno(std::string_view call)
{
    Error error = Error::from_errno(call);
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ||
        errno == ETOOMANYREFS) // too many descriptors of this user under way
        error.code = Errc::Busy;
    else if (errno == EPIPE || errno == ECONNRESET || errno == ECONNREFUSED ||
             errno == ENOTCONN)
        error.code = Errc::Gone;
    return error;
}

/// Of a socket where nothing was received: at its end, or by an empty datagram.
bool has_ended(int fd)
{
    pollfd one = {fd, POLLRDHUP, 0};
    return ::poll(&one, 1, 0) > 0;
}

/// Takes what came with a datagram into `datagram`.
void take_ancillary(msghdr& message, Datagram& datagram)
{
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET)
            continue;
        if (header->cmsg_type == SCM_RIGHTS) {
            const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (std::size_t i = 0; i < count; ++i) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
                datagram.fds.emplace_back(fd);
            }
        } else if (header->cmsg_type == SCM_CREDENTIALS) {
            ucred credentials = {};
            std::memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
            datagram.sender = Sender{credentials.pid, credentials.uid, credentials.gid};
        }
    }
}

} // namespace

Result<Channel::Pair> Channel::pair()
{
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return Error::from_errno("socketpair");
    return Pair{Channel(base::UniqueFd(ends[0])), Channel(base::UniqueFd(ends[1]))};
}

base::Status Channel::ask_for_credentials()
{
    const int on = 1;
    if (::setsockopt(fd(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0)
        return Error::from_errno("setsockopt", "SO_PASSCRED");
    return base::Done{};
}

base::Status Channel::send(std::string_view bytes, std::span<const int> fds)
{
    if (bytes.empty() || bytes.size() > max_octets || fds.size() > max_fds)
        return Error{Errc::Limit, "a datagram of " + std::to_string(bytes.size()) +
                                      " octets and " + std::to_string(fds.size()) +
                                      " descriptors"};
    iovec part = {const_cast<char*>(bytes.data()), bytes.size()};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    Ancillary ancillary = {};
    if (!fds.empty()) {
        message.msg_control = ancillary.bytes;
        message.msg_controllen = CMSG_SPACE(fds.size_bytes());
        cmsghdr* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(fds.size_bytes());
        std::memcpy(CMSG_DATA(header), fds.data(), fds.size_bytes());
    }
    if (::sendmsg(fd(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        return error_of_errno("sendmsg");
    return base::Done{};
}

base::Status Channel::send(std::string_view bytes, std::span<const int> fds,
                           const io::Wait& wait, io::Deadline deadline)
{
    for (;;) {
        auto sent = send(bytes, fds);
        if (sent || sent.error().code != Errc::Busy)
            return sent;
        if (deadline.has_passed(wait.clock()))
            return Error{Errc::Timeout, "nobody takes the datagram"};
        // Room for octets is not room for descriptors, of which poll(2) knows
        // nothing: then we look again a little later.
        const auto soon = io::Deadline::after_ms(wait.clock(), retry_ms);
        if (!wait.for_one(fd(), POLLOUT, deadline) ||
            !wait.for_one(-1, 0, deadline.earlier(soon)))
            return sent;
    }
}

Result<Datagram> Channel::receive()
{
    // The length first, so that a process which waits for months does not keep a
    // buffer for the largest datagram. Should another one take it in between, the
    // next is cut, which is seen, and refused.
    char none = 0;
    const ssize_t length =
        ::recv(fd(), &none, sizeof none, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
    if (length < 0)
        return error_of_errno("recv");
    const auto octets = static_cast<std::size_t>(length);

    Datagram datagram;
    datagram.bytes.resize(octets <= max_octets ? octets : 1);
    iovec part = {datagram.bytes.data(), datagram.bytes.size()};
    Ancillary ancillary = {};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = ancillary.bytes;
    message.msg_controllen = sizeof ancillary.bytes;
    const ssize_t taken = ::recvmsg(fd(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (taken < 0)
        return error_of_errno("recvmsg");
    take_ancillary(message, datagram);
    if (taken == 0)
        return has_ended(fd()) ? Error{Errc::Gone, "the other end has closed"}
                               : Error{Errc::Limit, "an empty datagram"};
    if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ||
        datagram.fds.size() > max_fds)
        return Error{Errc::Limit, "a datagram is too long or has too many descriptors"};
    datagram.bytes.resize(static_cast<std::size_t>(taken));
    return datagram;
}

Result<Datagram> Channel::receive(const io::Wait& wait, io::Deadline deadline)
{
    for (;;) {
        auto datagram = receive();
        if (datagram || datagram.error().code != Errc::Busy)
            return datagram;
        if (deadline.has_passed(wait.clock()))
            return Error{Errc::Timeout, "no datagram has come"};
        if (!wait.for_one(fd(), POLLIN, deadline))
            return datagram;
    }
}

void Channel::close_sending()
{
    ::shutdown(fd(), SHUT_WR);
}

} // namespace ipc
