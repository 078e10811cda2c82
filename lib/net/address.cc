// SPDX-License-Identifier: ISC
#include "net/address.h"

#include <charconv>
#include <cstring>
#include <optional>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

namespace net {

using base::Errc;
using base::Error;
using base::Result;

namespace {

template <class Sockaddr>
Sockaddr as(const sockaddr_storage& storage)
{
    static_assert(sizeof(Sockaddr) <= sizeof(sockaddr_storage));
    Sockaddr address;
    std::memcpy(&address, &storage, sizeof address);
    return address;
}

template <class Sockaddr>
sockaddr_storage stored(const Sockaddr& address)
{
    sockaddr_storage storage = {};
    std::memcpy(&storage, &address, sizeof address);
    return storage;
}

/// As IPv4 if that is what it really is.
sockaddr_storage unmapped(const sockaddr_storage& storage)
{
    if (storage.ss_family != AF_INET6)
        return storage;
    const auto v6 = as<sockaddr_in6>(storage);
    if (!IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
        return storage;
    sockaddr_in v4 = {};
    v4.sin_family = AF_INET;
    v4.sin_port = v6.sin6_port;
    std::memcpy(&v4.sin_addr, &v6.sin6_addr.s6_addr[12], 4);
    return stored(v4);
}

std::optional<std::uint16_t> parse_port(std::string_view text)
{
    std::uint16_t port = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return port;
}

std::optional<sockaddr_storage> parse_v4(std::string_view host, std::uint16_t port)
{
    sockaddr_in v4 = {};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    if (::inet_pton(AF_INET, std::string(host).c_str(), &v4.sin_addr) != 1)
        return std::nullopt;
    return stored(v4);
}

/// `host` with its brackets.
std::optional<sockaddr_storage> parse_v6(std::string_view host, std::uint16_t port)
{
    if (host.size() < 2 || host.front() != '[' || host.back() != ']')
        return std::nullopt;
    sockaddr_in6 v6 = {};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    const auto inner = host.substr(1, host.size() - 2);
    const std::size_t percent = inner.find('%');
    const std::string digits(inner.substr(0, percent));
    if (::inet_pton(AF_INET6, digits.c_str(), &v6.sin6_addr) != 1)
        return std::nullopt;
    if (percent != std::string_view::npos) { // RFC 4007 §11: fe80::1%eth0
        const std::string zone(inner.substr(percent + 1));
        v6.sin6_scope_id = ::if_nametoindex(zone.c_str());
        if (v6.sin6_scope_id == 0)
            return std::nullopt;
    }
    return stored(v6);
}

} // namespace

Result<Address> Address::parse(std::string_view text)
{
    const std::size_t colon = text.rfind(':');
    if (colon != std::string_view::npos) {
        const auto port = parse_port(text.substr(colon + 1));
        const auto host = text.substr(0, colon);
        auto storage = port ? parse_v4(host, *port) : std::nullopt;
        if (port && !storage)
            storage = parse_v6(host, *port);
        if (storage)
            return from(*storage);
    }
    return Error{Errc::Syntax, "'" + std::string(text) +
                                   "' is not an address with a port, as "
                                   "192.0.2.1:143 or [2001:db8::1]:143"};
}

Result<std::vector<Address>> Address::parse_list(std::string_view text)
{
    constexpr std::string_view space = " \t";
    std::vector<Address> addresses;
    for (;;) {
        const std::size_t start = text.find_first_not_of(space);
        if (start == std::string_view::npos)
            return addresses;
        text.remove_prefix(start);
        const auto word = text.substr(0, text.find_first_of(space));
        text.remove_prefix(word.size());
        auto address = parse(word);
        if (!address)
            return address.error();
        if (addresses.size() == max_listed)
            return Error{Errc::Limit,
                         "more than " + std::to_string(max_listed) + " addresses"};
        addresses.push_back(*address);
    }
}

Result<Address> Address::from(const sockaddr_storage& storage)
{
    if (storage.ss_family != AF_INET && storage.ss_family != AF_INET6 &&
        storage.ss_family != AF_UNIX)
        return Error{Errc::Unsupported, "address family " +
                                            std::to_string(storage.ss_family) +
                                            " is neither IPv4, IPv6 nor Unix"};
    Address address;
    address.storage_ = unmapped(storage);
    return address;
}

Result<Address> Address::of_peer(int socket)
{
    sockaddr_storage storage = {};
    socklen_t size = sizeof storage;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
        return Error::from_errno("getpeername");
    return from(storage);
}

Result<Address> Address::of_socket(int socket)
{
    sockaddr_storage storage = {};
    socklen_t size = sizeof storage;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
        return Error::from_errno("getsockname");
    return from(storage);
}

std::string Address::host() const
{
    char text[INET6_ADDRSTRLEN] = "";
    if (family() == AF_INET) {
        const auto v4 = as<sockaddr_in>(storage_);
        ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    } else if (family() == AF_INET6) {
        const auto v6 = as<sockaddr_in6>(storage_);
        ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
        char zone[IF_NAMESIZE] = "";
        if (v6.sin6_scope_id != 0 &&
            ::if_indextoname(v6.sin6_scope_id, zone) != nullptr)
            return std::string(text) + "%" + zone;
    } else {
        return "local";
    }
    return text;
}

std::uint16_t Address::port() const
{
    if (family() == AF_INET)
        return ntohs(as<sockaddr_in>(storage_).sin_port);
    if (family() == AF_INET6)
        return ntohs(as<sockaddr_in6>(storage_).sin6_port);
    return 0;
}

std::string Address::to_text() const
{
    if (family() == AF_UNIX)
        return host();
    const std::string port_text = ":" + std::to_string(port());
    return family() == AF_INET6 ? "[" + host() + "]" + port_text : host() + port_text;
}

bool Address::is_loopback() const
{
    if (family() == AF_INET)
        return ntohl(as<sockaddr_in>(storage_).sin_addr.s_addr) >> 24 == 127;
    if (family() == AF_INET6) {
        const auto v6 = as<sockaddr_in6>(storage_);
        return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
    }
    return true;
}

const sockaddr* Address::data() const
{
    return reinterpret_cast<const sockaddr*>(&storage_);
}

socklen_t Address::size() const
{
    if (family() == AF_INET)
        return sizeof(sockaddr_in);
    return family() == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sa_family_t);
}

} // namespace net
