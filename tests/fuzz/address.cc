// SPDX-License-Identifier: ISC
/// \file
/// Address lists: groups come in pairs and not within each other, and every address
/// has a mailbox and a host, if empty ones.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mime/address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const mime::Addresses addresses = mime::parse_addresses(input);
    if (addresses.size() > mime::max_addresses)
        std::abort();
    bool in_group = false;
    for (const mime::Address& address : addresses) {
        if (address.host) {
            if (!address.mailbox || (address.name && address.name->empty()) ||
                (address.route && address.route->empty()))
                std::abort();
            continue;
        }
        if (address.name || address.route || address.is_group_start() == in_group)
            std::abort();
        in_group = !in_group;
    }
    if (in_group)
        std::abort();
    return 0;
}
