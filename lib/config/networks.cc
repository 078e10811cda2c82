// SPDX-License-Identifier: ISC
#include "config/networks.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include <arpa/inet.h>

#include "config/values.h"

namespace config {

using base::Errc;
using base::Error;

namespace {

/// In front of an IPv4 address that is written as an IPv6 one (RFC 4291 §2.5.5.2).
constexpr std::string_view mapped = "::ffff:";
constexpr unsigned mapped_bits = 96;

enum class Family { V4, V6 };

struct Parsed {
    Family family;
    in6_addr address;
};

std::optional<Parsed> parse_address(std::string_view text)
{
    const bool is_v4 = text.find(':') == std::string_view::npos;
    const std::string whole = std::string(is_v4 ? mapped : "") + std::string(text);
    Parsed parsed = {is_v4 ? Family::V4 : Family::V6, {}};
    if (::inet_pton(AF_INET6, whole.c_str(), &parsed.address) != 1)
        return std::nullopt;
    return parsed;
}

bool agree(const in6_addr& a, const in6_addr& b, unsigned bits)
{
    const unsigned whole = bits / 8;
    if (!std::equal(a.s6_addr, a.s6_addr + whole, b.s6_addr))
        return false;
    if (bits % 8 == 0)
        return true;
    const unsigned shift = 8 - bits % 8;
    return a.s6_addr[whole] >> shift == b.s6_addr[whole] >> shift;
}

} // namespace

base::Result<Networks> Networks::parse(std::string_view list)
{
    const auto written = words(list);
    if (written.empty())
        return Error{Errc::Syntax, "a list of networks without one in it", 0};
    Networks networks;
    networks.text_ = list;
    for (const std::string_view word : written) {
        const std::size_t slash = word.find('/');
        const auto parsed = parse_address(word.substr(0, slash));
        if (!parsed)
            return Error{Errc::Syntax, "not a network: " + std::string(word), 0};
        const unsigned most = parsed->family == Family::V4 ? 32 : 128;
        unsigned bits = most;
        if (slash != std::string_view::npos) {
            const auto given = parse_number(word.substr(slash + 1), 0, most);
            if (!given)
                return Error{Errc::Syntax, "not a network: " + std::string(word), 0};
            bits = static_cast<unsigned>(*given);
        }
        if (parsed->family == Family::V4)
            bits += mapped_bits;
        networks.networks_.push_back({parsed->address, bits});
    }
    return networks;
}

bool Networks::contain(std::string_view address) const
{
    const auto parsed = parse_address(address);
    return parsed && std::ranges::any_of(networks_, [&](const Network& network) {
               return agree(network.address, parsed->address, network.bits);
           });
}

std::string network_of(std::string_view address, unsigned ipv6_bits)
{
    auto parsed = parse_address(address);
    if (!parsed || IN6_IS_ADDR_V4MAPPED(&parsed->address))
        return std::string(address);
    for (unsigned i = 0; i < sizeof parsed->address.s6_addr; ++i) {
        const unsigned kept = std::min(ipv6_bits - std::min(ipv6_bits, i * 8), 8U);
        parsed->address.s6_addr[i] &= static_cast<std::uint8_t>(0xff00U >> kept);
    }
    char text[INET6_ADDRSTRLEN];
    ::inet_ntop(AF_INET6, &parsed->address, text, sizeof text);
    return std::string(text) + '/' + std::to_string(ipv6_bits);
}

} // namespace config
