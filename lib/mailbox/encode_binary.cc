// SPDX-License-Identifier: ISC
#include "mailbox/encode_binary.h"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

#include "io/file.h"
#include "mime/header.h"
#include "mime/structure.h"
#include "text/ascii.h"
#include "text/base64.h"

namespace mailbox {

using base::Done;
using base::Result;
using base::Status;

namespace {

/// What one line of base64 holds: 76 digits, RFC 2045 §6.8.
constexpr std::size_t line_octets = 57;
constexpr std::size_t chunk = line_octets * 1024;
constexpr std::string_view field_name = "Content-Transfer-Encoding";

/// Gives `take` the octets from `offset` on, in pieces of `chunk` but for the last.
template <class Take>
Status read_range(int fd, std::uint64_t offset, std::uint64_t octets, Take take)
{
    std::vector<char> buffer(chunk);
    while (octets > 0) {
        const auto wanted =
            static_cast<std::size_t>(std::min<std::uint64_t>(octets, chunk));
        const auto size = io::read_at(fd, {buffer.data(), wanted}, offset);
        if (!size)
            return size.error();
        if (*size == 0)
            break;
        if (auto done = take(std::string_view(buffer.data(), *size)); !done)
            return done;
        offset += *size;
        octets -= *size;
    }
    return Done{};
}

bool is_encoded(const mime::Part& part)
{
    static constexpr std::string_view none[] = {"7bit", "8bit", "binary"};
    return std::none_of(std::begin(none), std::end(none), [&](std::string_view name) {
        return text::equal_ignoring_case(part.encoding, name);
    });
}

/// The parts without parts below `part`, and without a transfer encoding.
void add_plain(const mime::Part& part, const mime::Part& root,
               std::vector<BinaryPart>& parts)
{
    for (const mime::Part& child : part.children)
        add_plain(child, root, parts);
    if (!part.children.empty() || part.body_octets == 0 || is_encoded(part) ||
        part.header_octets > mime::max_header_kept)
        return;
    parts.push_back(
        {part.header_offset, part.header_octets, part.body_octets, &part == &root});
}

Result<bool> has_nul(int fd, const BinaryPart& part)
{
    bool found = false;
    const auto done =
        read_range(fd, part.header_offset + part.header_octets, part.body_octets,
                   [&](std::string_view octets) {
                       found = found || octets.find('\0') != std::string_view::npos;
                       return Status(Done{});
                   });
    if (!done)
        return done.error();
    return found;
}

/// The header of a part that is in base64 from now on.
std::string encoded_header(std::string_view octets, const BinaryPart& part)
{
    const auto header = mime::Header::parse(octets);
    const std::string line_end = header.end().starts_with('\r') ? "\r\n" : "\n";
    const std::string named[] = {std::string(field_name)};
    std::string text = header.select(named, mime::Header::Which::NotNamed);
    text.resize(text.size() - header.end().size());
    if (part.is_message && !header.field("MIME-Version"))
        text += "MIME-Version: 1.0" + line_end;
    text += std::string(field_name) + ": base64" + line_end;
    return text.append(header.end());
}

Status write_header(int fd, const BinaryPart& part, maildir::Delivery& out)
{
    std::string octets;
    const auto done = read_range(fd, part.header_offset, part.header_octets,
                                 [&](std::string_view piece) {
                                     octets += piece;
                                     return Status(Done{});
                                 });
    if (!done)
        return done;
    return out.write(encoded_header(octets, part));
}

Status write_body(int fd, const BinaryPart& part, maildir::Delivery& out)
{
    std::string line_end; // between lines: what ends the last one is the boundary's
    return read_range(
        fd, part.header_offset + part.header_octets, part.body_octets,
        [&](std::string_view piece) -> Status {
            for (; !piece.empty();
                 piece.remove_prefix(std::min(line_octets, piece.size()))) {
                const std::string line =
                    line_end + text::base64_encode(piece.substr(0, line_octets));
                if (auto done = out.write(line); !done)
                    return done;
                line_end = "\r\n";
            }
            return Done{};
        });
}

} // namespace

Result<std::vector<BinaryPart>> binary_parts(int fd)
{
    constexpr auto all = std::numeric_limits<std::uint64_t>::max();
    mime::StructureParser parser;
    const auto read = read_range(fd, 0, all, [&](std::string_view octets) {
        parser.feed(octets);
        return Status(Done{});
    });
    if (!read)
        return read.error();
    const mime::Structure structure = parser.finish();
    std::vector<BinaryPart> plain;
    add_plain(structure.root, structure.root, plain);
    std::vector<BinaryPart> binary;
    for (const BinaryPart& part : plain) {
        const auto found = has_nul(fd, part);
        if (!found)
            return found.error();
        if (*found)
            binary.push_back(part);
    }
    return binary;
}

Status encode_parts(int fd, const std::vector<BinaryPart>& parts,
                    maildir::Delivery& out)
{
    const auto copy = [&out](std::string_view octets) { return out.write(octets); };
    std::uint64_t at = 0;
    for (const BinaryPart& part : parts) {
        if (auto done = read_range(fd, at, part.header_offset - at, copy); !done)
            return done;
        if (auto done = write_header(fd, part, out); !done)
            return done;
        if (auto done = write_body(fd, part, out); !done)
            return done;
        at = part.header_offset + part.header_octets + part.body_octets;
    }
    return read_range(fd, at, std::numeric_limits<std::uint64_t>::max() - at, copy);
}

} // namespace mailbox
