// SPDX-License-Identifier: ISC
/// \file
/// Binary content that a client appends. RFC 3516 §6 wants it described, and given by
/// BODY, in an encoding that IMAP has had all along; RFC 9051 §4.3.1 lets no NUL out
/// but in a literal8. So it is put into base64 before it is stored, as §4.4 allows:
/// then BODYSTRUCTURE, BODY, sizes and partials need no second view of a message, and
/// BINARY gives back what came in.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "maildir/delivery.h"

namespace mailbox {

/// A part with a NUL in its body and no transfer encoding. Offsets are those of the
/// file; the body follows the header.
struct BinaryPart {
    std::uint64_t header_offset = 0;
    std::uint64_t header_octets = 0;
    std::uint64_t body_octets = 0;
    bool is_message = false; ///< the message itself, rather than a part of it
};

/// Those of the message in `fd`, in the order of the file. A part whose header is past
/// `mime::max_header_kept` is left out. Reads the file twice at most.
base::Result<std::vector<BinaryPart>> binary_parts(int fd);

/// Writes the message in `fd` into `out`, with these parts in base64. All other octets
/// stay as they are.
base::Status encode_parts(int fd, const std::vector<BinaryPart>& parts,
                          maildir::Delivery& out);

} // namespace mailbox
