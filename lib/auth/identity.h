// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <sys/types.h>

namespace auth {

/// What somebody's mail may take up; 0 in either: no limit.
struct Quota {
    std::uint64_t octets = 0;
    std::uint64_t messages = 0;
    bool operator==(const Quota&) const = default;
};

/// Somebody whose password was right, and whose mail is where.
struct Identity {
    std::string user; ///< as the source of passwords writes it
    uid_t uid;        ///< never 0 when the server runs as root
    gid_t gid;        ///< ditto
    std::string home; ///< absolute, or empty
    std::string mail; ///< the Maildir: absolute, `[mail] location` expanded
    /// The account whose supplementary groups go with the uid; empty: none do.
    std::string groups_of;
    /// `[index] directory` expanded; empty: beside the mail.
    std::string index;
    /// Which of the user's passwords was right; empty: his own.
    std::string label = {};

    /// Of this user's own; else `[quota]` of the settings holds.
    std::optional<Quota> quota = std::nullopt;

    bool operator==(const Identity&) const = default;
};

} // namespace auth
