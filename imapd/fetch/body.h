// SPDX-License-Identifier: ISC
/// \file
/// Octets of a message, from its file to the client. RFC 9051 §6.4.5, BODY[...].
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "fetch/items.h"
#include "imap/writer.h"
#include "mailbox/message.h"
#include "mime/structure.h"

namespace imapd {

/// A stretch of a message's file. On the wire each bare LF in it is CRLF, and each NUL
/// is 0x80, since no literal may hold one (RFC 9051 §9, `CHAR8`).
struct Stretch {
    std::uint64_t offset = 0;
    std::uint64_t octets = 0;
    std::uint64_t wire_octets = 0;
};

/// Writes sections of one message.
class Body {
public:
    /// The longest header of which fields are chosen. What is past it is as if it were
    /// not there, which no message that was meant to be read has ever noticed.
    static constexpr std::uint64_t max_header = std::uint64_t{64} << 20;

    /// Both must outlive the Body.
    Body(const mailbox::Message& message, const mime::Structure& structure)
        : message_(&message), structure_(&structure)
    {
    }

    /// Writes `nstring`: a literal, or NIL for a part that is not there. Throws
    /// io::Disconnected if the file cannot be read to the end that was promised.
    void write(imap::Writer& out, const Section& section) const;

    /// Gives the octets of that literal alone, without its header. NotFound for a part
    /// that is not there; Io if the file cannot be read.
    base::Status copy(imap::ByteSink& to, const Section& section) const;

private:
    /// Where the section is in the file, or the text that was made for it.
    struct Found {
        Stretch stretch;
        std::optional<std::string> text; ///< chosen header fields, in wire form
        std::uint64_t octets() const
        {
            return text ? text->size() : stretch.wire_octets;
        }
    };
    base::Result<Found> find(const Section& section) const;
    base::Result<std::string> fields(const mime::Part& part,
                                     const Section& section) const;
    /// Gives what `skip` and `take` leave of it.
    base::Status give(const Found& found, std::uint64_t skip, std::uint64_t take,
                      const std::function<void(std::string_view)>& to) const;

    const mailbox::Message* message_;
    const mime::Structure* structure_;
};

/// The header of the message in the file, up to and with its empty line, or
/// `Body::max_header` octets. Reads no more than it needs.
base::Result<std::string> read_header(int fd);

/// The structure of the message in the file, which is read whole, 64 KiB at a time.
base::Result<mime::Structure> read_structure(int fd);

/// Gives the file's octets to `take`, 64 KiB at a time: all of them, or so many from
/// `offset` on. Io if there are fewer.
base::Status read_octets(int fd, const std::function<void(std::string_view)>& take);
base::Status read_octets(int fd, std::uint64_t offset, std::uint64_t octets,
                         const std::function<void(std::string_view)>& take);

} // namespace imapd
