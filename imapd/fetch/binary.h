// SPDX-License-Identifier: ISC
/// \file
/// BINARY[…], BINARY.SIZE[…]: a part with its transfer encoding undone. RFC 3516, RFC
/// 9051 §6.4.5.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "fetch/items.h"
#include "imap/writer.h"
#include "mailbox/message.h"
#include "mime/structure.h"

namespace imapd {

/// One decoded section of one message.
///
/// A part is decoded twice: once to know its size and whether it has a NUL in it, which
/// decides between literal and literal8, and once to send it; that way the largest
/// attachment takes no memory. Multiparts and whole messages have no transfer encoding
/// of their own that could be undone; they come as they are.
class Binary {
public:
    /// Decodes for the first time. Errors: Unsupported for a transfer encoding that we
    /// do not know: [UNKNOWN-CTE]; Io.
    static base::Result<Binary> open(const mailbox::Message& message,
                                     const mime::Structure& structure,
                                     const Section& section);

    /// Octets of all of it, whatever part was asked for.
    std::uint64_t octets() const { return octets_; }

    /// Writes literal, literal8, or NIL for a part that is not there. Throws
    /// io::Disconnected if the file cannot be read any more. `message` is that of
    /// `open`.
    void write(imap::Writer& out, const mailbox::Message& message) const;

private:
    /// Where the encoded octets are in the file.
    struct Source {
        std::uint64_t offset = 0;
        std::uint64_t octets = 0;
        std::string encoding;
    };
    base::Status decode(int fd, const std::function<void(std::string_view)>& to) const;

    bool is_there_ = false;
    Source source_;
    std::uint64_t octets_ = 0;
    std::uint64_t skip_ = 0; ///< of the decoded octets
    std::uint64_t take_ = 0;
    bool has_nul_ = false; ///< in what is taken
};

} // namespace imapd
