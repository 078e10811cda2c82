// SPDX-License-Identifier: ISC
/// \file
/// What a message is made of: parts, where they are, how large they are.
/// RFC 2045, RFC 2046; RFC 3501 §6.4.5 and §7.4.2 for what is asked of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mime/envelope.h"
#include "mime/parameters.h"

namespace mime {

/// Parts within parts: a multipart or message deeper than this is an opaque
/// leaf, application/octet-stream.
inline constexpr std::size_t max_depth = 200;
/// Parts of one message. The one that reaches the bound is an opaque leaf that
/// takes in all that follows. (Empty parts that `Part::children` puts into a
/// multipart without any do not count.)
inline constexpr std::size_t max_parts = 10000;
/// Octets that are kept of one header, counting only fields that `Part` and
/// `Envelope` are made from; what is past them is as if it were not there.
inline constexpr std::size_t max_header_kept = std::size_t{1} << 20;
/// Octets that are kept of all the headers of one message.
inline constexpr std::size_t max_headers_kept = std::size_t{4} << 20;
/// Octets of a boundary that are compared; a longer one is cut.
inline constexpr std::size_t max_boundary = 1000;

/// A message or a part of one.
///
/// Offsets and octets are those of the file. The wire's are larger by one for every
/// LF that has no CR before it; a bare CR and a NUL are one octet on both sides.
///
/// A part's header includes the empty line that ends it. The line end before a
/// boundary belongs to the boundary (RFC 2046 §5.1.1) and so to no part, not even
/// when it is the header's empty line: that part has a header without one.
/// Body follows header without a gap.
struct Part {
    std::string type = "text";     ///< as written: compare by `is`
    std::string subtype = "plain"; ///< as written
    /// Text without a charset has `charset` `us-ascii` in it (RFC 2045 §5.2).
    Parameters parameters;
    std::optional<std::string> id;
    std::optional<std::string> description;
    std::string encoding = "7bit"; ///< as written, 7bit if nothing is
    std::optional<std::string> md5;
    std::optional<Disposition> disposition;
    std::vector<std::string> languages;
    std::optional<std::string> location;

    std::uint64_t header_offset = 0;
    std::uint64_t header_octets = 0;
    std::uint64_t header_wire_octets = 0;
    std::uint64_t body_offset = 0;
    std::uint64_t body_octets = 0;
    std::uint64_t body_wire_octets = 0;
    /// Line ends in the body: BODYSTRUCTURE's lines of text and message/rfc822.
    std::uint64_t body_lines = 0;

    /// Of a whole message: the root of the structure, and the one child of a
    /// message/rfc822 part.
    std::optional<Envelope> envelope;
    /// Of a multipart: its parts, one at least: a multipart in which none is
    /// found has an empty text/plain at its end. Of a message/rfc822 or
    /// message/global: the message in it, alone. Of others: none.
    std::vector<Part> children;

    /// Whether the media type is this one, in any case; an empty `other_subtype`
    /// stands for all.
    bool is(std::string_view other_type, std::string_view other_subtype = {}) const;
    bool is_multipart() const { return is("multipart"); }
    /// message/rfc822, or message/global, which RFC 6532 §3.7 makes the same.
    bool is_message() const;
    /// The message inside a message/rfc822: its header is `HEADER`, its body
    /// `TEXT`. Null for every other part.
    const Part* message() const;

    bool operator==(const Part&) const = default;
};

/// A whole message.
struct Structure {
    Part root; ///< the message itself; it always has an envelope

    /// The part that `path` names, or null. RFC 3501 §6.4.5: numbers from 1;
    /// part 1 of a message that is not a multipart is its body, given as that
    /// message's `Part`; after a message/rfc822 the numbers go on in its message.
    /// The empty path is the root.
    ///
    /// With the part p of `path`: BODY[path] is p's body, BODY[path.MIME] its
    /// header; BODY[path.HEADER] and BODY[path.TEXT] are header and body of
    /// `p->message()` and there is nothing to give if that is null. BODY[HEADER]
    /// and BODY[TEXT] are header and body of the root.
    const Part* find(std::span<const std::uint32_t> path) const;

    bool operator==(const Structure&) const = default;
};

/// Makes a `Structure` of a message that is fed to it piece by piece.
///
/// Where the pieces are cut makes no difference. Memory is bounded by the
/// constants above, whatever the message; time is linear. Every input has a
/// structure.
class StructureParser {
public:
    StructureParser();
    StructureParser(StructureParser&&) noexcept;
    StructureParser& operator=(StructureParser&&) noexcept;
    ~StructureParser();

    void feed(std::string_view chunk);
    /// The structure of all that was fed. The parser is used up by it.
    Structure finish();

private:
    class State;
    std::unique_ptr<State> state_;
};

/// The structure of a message that is in memory.
Structure parse_structure(std::string_view message);

/// `structure` as octets that `from_bytes` reads, to be kept in a cache. They
/// begin with a version; they are not for other machines or programs.
std::string to_bytes(const Structure& structure);

/// Errors: Unsupported for another version, Corrupt for whatever `to_bytes`
/// does not write: garbage of any kind does no harm.
base::Result<Structure> from_bytes(std::string_view bytes);

} // namespace mime
