// SPDX-License-Identifier: ISC
/// \file
/// Addresses of sockets: as settings write them, and as logs show them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/socket.h>

#include "base/result.h"

namespace net {

/// The address of one end of a socket: IPv4 or IPv6 with a port, or "local" for
/// a Unix socket, whose path nobody here needs.
///
/// IPv4 addresses mapped into IPv6 (`::ffff:192.0.2.1`), which a dual-stack
/// listener gives, become IPv4, so that the loopback test, limits and logs see one
/// form only.
class Address {
public:
    /// As many as one setting may list.
    static constexpr std::size_t max_listed = 32;

    /// Parses "192.0.2.1:143" or "[2001:db8::1]:143": numbers only, no names, but for
    /// IPv6 perhaps a zone ("[fe80::1%eth0]:143"). Port 0 lets the kernel choose.
    /// Errors: Syntax, with a text that says what would be right.
    static base::Result<Address> parse(std::string_view text);

    /// Parses addresses with spaces between them; an empty text gives none.
    static base::Result<std::vector<Address>> parse_list(std::string_view text);

    /// Of the far and of the near end of a socket. Errors: as getpeername(2) and
    /// getsockname(2); Unsupported for a family other than IPv4, IPv6 and Unix.
    static base::Result<Address> of_peer(int socket);
    static base::Result<Address> of_socket(int socket);

    /// From what accept(2) gave. Errors: Unsupported as above.
    static base::Result<Address> from(const sockaddr_storage& storage);

    /// The address without the port or brackets: "192.0.2.1", "::1", "local".
    std::string host() const;
    /// In the form that `parse` takes; "local" for a Unix socket.
    std::string to_text() const;
    std::uint16_t port() const;
    int family() const { return storage_.ss_family; }

    /// Whether only this machine can be at that end: 127.0.0.0/8, ::1, a Unix
    /// socket.
    bool is_loopback() const;

    const sockaddr* data() const;
    socklen_t size() const;

private:
    Address() = default;
    sockaddr_storage storage_ = {};
};

} // namespace net
