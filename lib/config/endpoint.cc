// SPDX-License-Identifier: ISC
#include "config/endpoint.h"

#include <arpa/inet.h>

#include "config/values.h"

namespace config {

using base::Errc;
using base::Error;

namespace {

bool is_ipv4(const std::string& host)
{
    in_addr address = {};
    return ::inet_pton(AF_INET, host.c_str(), &address) == 1;
}

/// `host` may have a zone, `fe80::1%eth0`: the name of an interface, or its number.
bool is_ipv6(const std::string& host)
{
    const std::size_t percent = host.find('%');
    if (percent != std::string::npos) {
        const std::string_view zone = std::string_view(host).substr(percent + 1);
        if (zone.empty() || zone.size() > 15 || // IFNAMSIZ - 1
            zone.find_first_of("%/ \t[]") != std::string_view::npos)
            return false;
    }
    in6_addr address = {};
    return ::inet_pton(AF_INET6, host.substr(0, percent).c_str(), &address) == 1;
}

Error refused(std::string_view text, std::string_view why)
{
    return {Errc::Syntax,
            "\"" + std::string(text) + "\" " + std::string(why) +
                "; write ADDRESS:PORT or [ADDRESS]:PORT, such as 127.0.0.1:143 or "
                "[::1]:143",
            0};
}

} // namespace

base::Result<Endpoint> Endpoint::parse(std::string_view text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return refused(text, "has no port");
    std::string_view host = text.substr(0, colon);
    const bool bracketed =
        host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) {
        host.remove_prefix(1);
        host.remove_suffix(1);
    }
    Endpoint endpoint{std::string(host), 0};
    if (!bracketed && is_ipv6(std::string(text)))
        return refused(text, "has no port, or no brackets around the address");
    if (bracketed ? !is_ipv6(endpoint.host) : !is_ipv4(endpoint.host))
        return refused(text, "has no IPv4 address or IPv6 address in brackets");
    const auto port = parse_number(text.substr(colon + 1), 0, 65535);
    if (!port)
        return refused(text, "has no port from 1 to 65535");
    endpoint.port = static_cast<std::uint16_t>(*port);
    return endpoint;
}

std::string Endpoint::to_text() const
{
    const bool is_v6 = host.find(':') != std::string::npos;
    return (is_v6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

} // namespace config
