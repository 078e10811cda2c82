// SPDX-License-Identifier: ISC
#include "io/stream.h"

#include <algorithm>
#include <cerrno>
#include <climits>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/disconnected.h"

namespace io {

short Stream::read_events() const
{
    return POLLIN;
}
short Stream::write_events() const
{
    return POLLOUT;
}

namespace {

bool is_ready(int fd, short events)
{
    pollfd one = {fd, events, 0};
    return ::poll(&one, 1, 0) > 0;
}

} // namespace

std::optional<std::size_t> FdStream::read(std::span<char> into)
{
    for (;;) {
        if (!is_ready(read_fd_, POLLIN)) // the descriptor may be a blocking one
            return std::nullopt;
        const ssize_t n = ::read(read_fd_, into.data(), into.size());
        if (n >= 0)
            return static_cast<std::size_t>(n);
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return std::nullopt;
        if (errno != EINTR)
            throw Disconnected{Disconnected::Reason::Failed};
    }
}

std::size_t FdStream::write(std::string_view bytes)
{
    for (;;) {
        ssize_t n = 0;
        if (write_is_socket_) {
            n = ::send(write_fd_, bytes.data(), bytes.size(),
                       MSG_DONTWAIT | MSG_NOSIGNAL);
            if (n < 0 && errno == ENOTSOCK) {
                write_is_socket_ = false;
                continue;
            }
        } else {
            // A pipe that polls writable takes PIPE_BUF octets without blocking.
            if (!is_ready(write_fd_, POLLOUT))
                return 0;
            n = ::write(write_fd_, bytes.data(),
                        std::min<std::size_t>(bytes.size(), PIPE_BUF));
        }
        if (n >= 0)
            return static_cast<std::size_t>(n);
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return 0;
        if (errno != EINTR)
            throw Disconnected{errno == EPIPE || errno == ECONNRESET
                                   ? Disconnected::Reason::Closed
                                   : Disconnected::Reason::Failed};
    }
}

} // namespace io
