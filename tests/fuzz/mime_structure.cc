// SPDX-License-Identifier: ISC
/// \file
/// Structures: parts lie within the whole and after each other, where the input is
/// cut makes no difference, the cached form comes back, and the input itself as a
/// cached form does no harm. The first octet says how large the pieces are.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mime/encoding.h"
#include "mime/structure.h"

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

void check(const mime::Part& part, std::string_view message, std::uint64_t from,
           std::uint64_t to)
{
    const std::uint64_t end = part.body_offset + part.body_octets;
    require(part.header_offset >= from && end <= to);
    require(part.header_offset + part.header_octets == part.body_offset);
    const std::string_view body = message.substr(part.body_offset, part.body_octets);
    const auto lines =
        static_cast<std::uint64_t>(std::count(body.begin(), body.end(), '\n'));
    require(part.body_lines == lines);
    require(part.body_wire_octets >= part.body_octets &&
            part.body_wire_octets <= part.body_octets + lines);
    require(!part.is_message() || part.message() != nullptr);
    require(!part.is_multipart() || !part.children.empty());
    std::uint64_t next = part.body_offset;
    for (const mime::Part& child : part.children) {
        check(child, message, next, end);
        next = child.body_offset + child.body_octets;
    }
}

/// A body decoded whole and in pieces of `piece` octets is the same.
void check_decoder(std::string_view encoding, std::string_view body, std::size_t piece)
{
    auto whole = mime::Decoder::create(encoding);
    auto parts = mime::Decoder::create(encoding);
    if (!whole || !parts)
        return;
    std::string first = whole->feed(body);
    first += whole->finish();
    std::string second;
    for (std::size_t at = 0; at < body.size(); at += piece)
        second += parts->feed(body.substr(at, piece));
    second += parts->finish();
    require(first == second && whole->is_damaged() == parts->is_damaged());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    if (input.empty())
        return 0;
    if (const auto cached = mime::from_bytes(input))
        require(mime::from_bytes(mime::to_bytes(*cached)).value() == *cached);

    const std::size_t piece = data[0] % 16u + 1;
    const std::string_view message = input.substr(1);
    const mime::Structure structure = mime::parse_structure(message);
    require(structure.root.envelope.has_value());
    require(structure.root.header_octets + structure.root.body_octets ==
            message.size());
    check(structure.root, message, 0, message.size());

    mime::StructureParser parser;
    for (std::size_t at = 0; at < message.size(); at += piece)
        parser.feed(message.substr(at, piece));
    require(parser.finish() == structure);
    require(mime::from_bytes(mime::to_bytes(structure)).value() == structure);

    const mime::Part& root = structure.root;
    check_decoder(root.encoding, message.substr(root.body_offset), piece);
    check_decoder("base64", message, piece);
    check_decoder("quoted-printable", message, piece);
    return 0;
}
