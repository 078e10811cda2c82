// SPDX-License-Identifier: ISC
/// \file
/// Structures at their bounds, and messages made to be expensive.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "mime/structure.h"

using mime::parse_structure;
using mime::Part;

namespace {

std::string nested(std::size_t depth)
{
    std::string message;
    for (std::size_t i = 0; i < depth; ++i) {
        const std::string boundary = "b" + std::to_string(i) + "x";
        message += "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n--" +
                   boundary + "\n";
    }
    return message + "\nleaf\n";
}

std::size_t depth(const Part& part)
{
    std::size_t deepest = 0;
    for (const Part& child : part.children)
        deepest = std::max(deepest, depth(child));
    return deepest + 1;
}

std::size_t count(const Part& part)
{
    std::size_t parts = 1;
    for (const Part& child : part.children)
        parts += count(child);
    return parts;
}

} // namespace

BOOST_AUTO_TEST_SUITE(structure_bounds)

BOOST_AUTO_TEST_CASE(fifty_levels_and_the_bound_and_one_more)
{
    BOOST_TEST(depth(parse_structure(nested(50)).root) == 51u);
    BOOST_TEST(depth(parse_structure(nested(mime::max_depth - 1)).root) ==
               mime::max_depth);
    const auto beyond = parse_structure(nested(mime::max_depth));
    BOOST_TEST(depth(beyond.root) == mime::max_depth);
    const Part* part = &beyond.root;
    while (!part->children.empty())
        part = &part->children[0];
    BOOST_TEST(part->is("application", "octet-stream"));
    BOOST_TEST(part->parameters.empty());
    BOOST_TEST((mime::from_bytes(mime::to_bytes(beyond)).value() == beyond));
}

BOOST_AUTO_TEST_CASE(messages_in_messages_are_bounded_too)
{
    std::string message;
    for (int i = 0; i < 1000; ++i)
        message += "Content-Type: message/rfc822\n\n";
    const auto structure = parse_structure(message);
    BOOST_TEST(depth(structure.root) == mime::max_depth);
    BOOST_TEST((mime::from_bytes(mime::to_bytes(structure)).value() == structure));
}

BOOST_AUTO_TEST_CASE(so_many_parts_and_no_more)
{
    std::string message = "Content-Type: multipart/mixed; boundary=b\n\n";
    for (std::size_t i = 1; i < mime::max_parts; ++i)
        message += "--b\n\nx\n";
    BOOST_TEST(count(parse_structure(message + "--b--\n").root) == mime::max_parts);
    message += "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nlast\n--b--\n";
    const auto structure = parse_structure(message);
    BOOST_TEST(count(structure.root) == mime::max_parts);
    // The last one takes in what follows.
    const Part& last = structure.root.children.back();
    BOOST_TEST(last.body_offset + last.body_octets == message.size());
}

BOOST_AUTO_TEST_CASE(a_multipart_that_is_one_part_too_many_is_opaque)
{
    std::string message = "Content-Type: multipart/mixed; boundary=b\n\n";
    for (std::size_t i = 2; i < mime::max_parts; ++i)
        message += "--b\n\nx\n";
    message += "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nlast\n";
    const auto structure = parse_structure(message);
    BOOST_TEST(structure.root.children.back().is("application", "octet-stream"));
}

BOOST_AUTO_TEST_CASE(a_header_of_any_size_has_exact_sizes_and_a_bounded_memory)
{
    const std::string big =
        "Subject: " + std::string(mime::max_header_kept, 'x') + "\n";
    const std::string message = "Content-ID: <a>\n" + big + "Message-ID: <b>\n\nbody\n";
    const Part root = parse_structure(message).root;
    BOOST_TEST(root.header_octets == message.size() - 5);
    BOOST_TEST(root.body_octets == 5u);
    BOOST_TEST(root.id.value() == "<a>");
    BOOST_TEST(root.envelope->subject.value().size() < mime::max_header_kept);
    BOOST_TEST(!root.envelope->message_id); // past the bound, as if not there
    // At the bound all is there.
    const std::string fits =
        "Subject: " + std::string(mime::max_header_kept - 10, 'x') + "\n\n";
    BOOST_TEST(parse_structure(fits).root.envelope->subject.value().size() ==
               mime::max_header_kept - 10);
}

BOOST_AUTO_TEST_CASE(fields_nobody_asks_for_are_not_kept)
{
    std::string message;
    for (int i = 0; i < 100000; ++i)
        message += "Received: from a by b\n\tfor c\n";
    message += "Subject: x\n\n";
    BOOST_TEST(parse_structure(message).root.envelope->subject.value() == "x");
}

BOOST_AUTO_TEST_CASE(all_headers_together_are_bounded)
{
    std::string message = "Content-Type: multipart/mixed; boundary=b\n\n";
    const std::string id(mime::max_header_kept / 2, 'x');
    for (int i = 0; i < 20; ++i)
        message += "--b\nContent-ID: " + id + "\n\nx\n";
    const auto structure = parse_structure(message);
    std::size_t kept = 0;
    for (const Part& part : structure.root.children)
        kept += part.id.value_or("").size();
    BOOST_TEST(structure.root.children.size() == 20u);
    BOOST_TEST(kept <= mime::max_headers_kept);
    BOOST_TEST(kept > mime::max_headers_kept / 2);
}

BOOST_AUTO_TEST_CASE(look_alike_boundaries_at_every_level_take_no_time)
{
    std::string message = nested(150);
    const std::size_t before = message.size();
    while (message.size() < before + (std::size_t{1} << 20))
        message += "--b\n--\n--b149y\n---b1x\n";
    BOOST_TEST(count(parse_structure(message).root) == 151u);
}

BOOST_AUTO_TEST_CASE(a_megabyte_in_one_line_takes_no_time_however_it_comes)
{
    const std::string line(std::size_t{1} << 20, '-');
    mime::StructureParser parser;
    parser.feed("Content-Type: multipart/mixed; boundary=b\n\n");
    for (const char c : line)
        parser.feed(std::string_view(&c, 1));
    parser.feed("\n--b\n\nx\n--b--\n");
    const auto structure = parser.finish();
    BOOST_TEST(structure.root.children.at(0).body_octets == 1u);
    BOOST_TEST(structure.root.body_octets == line.size() + 14);
}

BOOST_AUTO_TEST_SUITE_END()
