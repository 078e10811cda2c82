// SPDX-License-Identifier: ISC
/// \file
/// Lists of networks, as `[limits] trusted` and `allow_nets` of a passwd-file have
/// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <netinet/in.h>

#include "base/result.h"

namespace config {

/// `192.0.2.0/24,2001:db8::/32,198.51.100.7`: addresses, each with the length of a
/// prefix or alone, with commas or spaces between them.
class Networks {
public:
    /// None at all.
    Networks() = default;

    /// Errors: Syntax.
    static base::Result<Networks> parse(std::string_view list);

    /// Whether `address` is in one of them. An IPv4 address that is written as an IPv6
    /// one (`::ffff:192.0.2.1`) is an IPv4 address. False for what is no address.
    bool contain(std::string_view address) const;

    /// As it was written.
    const std::string& to_text() const { return text_; }
    bool operator==(const Networks& other) const { return text_ == other.text_; }

private:
    struct Network {
        in6_addr address; ///< IPv4 as ::ffff:a.b.c.d
        unsigned bits;
    };
    std::string text_;
    std::vector<Network> networks_;
};

/// The network that stands for `address` where addresses are counted: itself, or for
/// IPv6, where a household has as many addresses as it likes, its first `ipv6_bits` as
/// "2001:db8::/64". What is no address is itself.
std::string network_of(std::string_view address, unsigned ipv6_bits);

} // namespace config
