// SPDX-License-Identifier: ISC
/// \file
/// Lists of addresses. RFC 5322 §3.4 and §4.4, and what mailers make of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mime {

/// An address, or a mark in the list, in the four parts that ENVELOPE has.
/// RFC 3501 §7.4.2: host absent marks a group: its start, with its name as the
/// mailbox, or its end, with neither.
///
/// Quotes and backslashes are taken out (`"a b"@x` has the mailbox `a b`);
/// octets past 0x7F and encoded words stand as they came.
struct Address {
    std::optional<std::string> name;    ///< display name, or else the comment
    std::optional<std::string> route;   ///< `@a,@b` of an obsolete route
    std::optional<std::string> mailbox; ///< local part
    std::optional<std::string> host;    ///< empty if the address had none

    bool is_group_start() const { return mailbox && !host; }
    bool is_group_end() const { return !mailbox && !host; }
    bool operator==(const Address&) const = default;
};

using Addresses = std::vector<Address>;

/// More addresses of one field than these are left out, so that nobody makes us
/// hold an unbounded list. Group marks count.
inline constexpr std::size_t max_addresses = 50000;

/// The addresses in the value of a field, folded or not. There is no input that
/// fails: what cannot be understood becomes an address with what could be, its
/// host empty, and what follows the next comma is read again. Groups are always
/// closed. Linear.
Addresses parse_addresses(std::string_view value);

} // namespace mime
