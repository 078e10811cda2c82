// SPDX-License-Identifier: ISC
#pragma once

#include <string>

#include <sys/types.h>

namespace auth {

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

    bool operator==(const Identity&) const = default;
};

} // namespace auth
