// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/unique_fd.h"
#include "mailbox/flags.h"

namespace mailbox {

/// What the index knows of a message. RFC 9051 §2.3.
struct Facts {
    Uid uid = 0;
    Flags flags;
    std::uint64_t mod_sequence = 0;
    std::uint64_t octets = 0;       ///< of the file
    std::uint64_t wire_octets = 0;  ///< with CRLF; 0: not known yet
    std::int64_t internal_date = 0; ///< seconds since 1970
    std::int64_t saved_date = 0;    ///< seconds since 1970
    bool operator==(const Facts&) const = default;
};

/// A message's file, open. It stays readable after another session expunged it.
struct Message {
    Facts facts;
    base::UniqueFd fd;
    std::uint64_t octets = 0; ///< of the file as it is now
};

/// The kinds of text that are worked out once from a message and then cached; what
/// is in them is the caller's business.
enum class Cached { Envelope, BodyStructure, Body, Structure, Preview, Digest };

} // namespace mailbox
