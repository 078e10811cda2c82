// SPDX-License-Identifier: ISC
/// \file
/// Lists of networks, as `allow_nets` of a passwd-file has them.
#pragma once

#include <string_view>
#include <vector>

#include <netinet/in.h>

#include "base/result.h"

namespace auth {

/// `192.0.2.0/24,2001:db8::/32,198.51.100.7`: addresses, each with the length of a
/// prefix or alone, with commas between them.
class Networks {
public:
    /// Errors: Syntax.
    static base::Result<Networks> parse(std::string_view list);

    /// Whether `address` is in one of them. An IPv4 address that is written as an IPv6
    /// one (`::ffff:192.0.2.1`) is an IPv4 address. False for what is no address.
    bool contain(std::string_view address) const;

private:
    struct Network {
        in6_addr address; ///< IPv4 as ::ffff:a.b.c.d
        unsigned bits;
    };
    std::vector<Network> networks_;
};

} // namespace auth
