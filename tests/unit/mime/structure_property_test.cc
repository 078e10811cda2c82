// SPDX-License-Identifier: ISC
/// \file
/// What holds for the structure of every message, tried on generated ones.

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>

#include <boost/test/unit_test.hpp>

#include "mime/structure.h"

using mime::parse_structure;
using mime::Part;
using mime::Structure;

namespace {

/// Makes messages, some as they should be, some damaged.
class Generator {
public:
    explicit Generator(unsigned seed) : random_(seed) {}

    std::string message()
    {
        line_end_ = pick({"\n", "\r\n"});
        std::string text = field("Subject") + field("From") + part(4);
        if (below(3) == 0)
            damage(text);
        return text;
    }
    std::size_t below(std::size_t bound) { return random_() % bound; }

private:
    const char* pick(std::initializer_list<const char*> choices)
    {
        return choices.begin()[below(choices.size())];
    }
    std::string field(const std::string& name)
    {
        return name + ": " +
               pick({"", "x", "a@b", "G: a@b;", "\"", "=?utf-8?q?=C3?=", "a,\n b",
                     "\xE4"}) +
               line_end_;
    }
    std::string lines()
    {
        std::string text;
        for (std::size_t n = below(4); n > 0; --n) {
            text += pick({"", "x", "--", "--b", "--bb--", "\r", "text", "A: b"});
            text += line_end_;
        }
        return text;
    }
    /// Fields, an empty line and a body.
    std::string part(int levels)
    {
        const std::size_t kind = levels == 0 ? 0 : below(4);
        if (kind == 1)
            return "Content-Type: " +
                   std::string(pick({"message/rfc822", "message/global"})) + line_end_ +
                   line_end_ + field("Subject") + part(levels - 1);
        if (kind >= 2)
            return multipart(levels);
        const std::string type =
            pick({"", "Content-Type: text/html", "Content-ID: <x>",
                  "Content-Type: image/gif; name=x", "junk", "X:"});
        return type + line_end_ + (type.empty() ? "" : line_end_) + lines();
    }
    std::string multipart(int levels)
    {
        const std::string boundary = pick({"b", "bb", "c", "b--", "", "x y", "="});
        std::string text = "Content-Type: multipart/" +
                           std::string(pick({"mixed", "digest"})) + "; boundary=\"" +
                           boundary + "\"" + line_end_ + line_end_ + lines();
        for (std::size_t n = below(4); n > 0; --n)
            text += "--" + boundary + line_end_ + part(levels - 1) + line_end_;
        if (below(4) > 0)
            text += "--" + boundary + "--" + line_end_ + lines();
        return text;
    }
    void damage(std::string& text)
    {
        for (std::size_t n = below(4) + 1; n > 0 && !text.empty(); --n) {
            const std::size_t at = below(text.size());
            const std::size_t what = below(4);
            if (what == 0)
                text.resize(at);
            else if (what == 1)
                text.erase(at, below(20));
            else if (what == 2)
                text.insert(at, pick({"\n", "\r", "--", "\r\n", "--b", ":"}));
            else
                text[at] = static_cast<char>(random_());
        }
    }

    std::mt19937 random_;
    std::string line_end_;
};

std::uint64_t wire_octets(std::string_view octets, char before)
{
    std::uint64_t count = octets.size();
    for (const char c : octets) {
        if (c == '\n' && before != '\r')
            ++count;
        before = c;
    }
    return count;
}

/// Whether a part's figures agree with the octets and lie within `from` … `to`.
bool is_right(const Part& part, std::string_view message, std::uint64_t from,
              std::uint64_t to)
{
    const std::uint64_t end = part.body_offset + part.body_octets;
    if (part.header_offset < from || end > to ||
        part.header_offset + part.header_octets != part.body_offset)
        return false;
    const auto before = [&](std::uint64_t at) {
        return at == 0 ? '\0' : message[at - 1];
    };
    const auto header = message.substr(part.header_offset, part.header_octets);
    const auto body = message.substr(part.body_offset, part.body_octets);
    if (part.header_wire_octets != wire_octets(header, before(part.header_offset)) ||
        part.body_wire_octets != wire_octets(body, before(part.body_offset)) ||
        part.body_lines !=
            static_cast<std::uint64_t>(std::count(body.begin(), body.end(), '\n')))
        return false;
    if (part.is_multipart() == part.children.empty() && !part.is_message())
        return false;
    if (part.is_message() && (part.message() == nullptr || !part.message()->envelope ||
                              part.message()->header_offset != part.body_offset))
        return false;
    std::uint64_t next = part.body_offset;
    for (const Part& child : part.children) {
        if (!is_right(child, message, next, end))
            return false;
        next = child.body_offset + child.body_octets;
    }
    return true;
}

Structure parse_in_pieces(std::string_view message, Generator& generator)
{
    mime::StructureParser parser;
    while (!message.empty()) {
        const std::size_t size = std::min(message.size(), generator.below(5));
        parser.feed(message.substr(0, size));
        message.remove_prefix(size);
    }
    return parser.finish();
}

} // namespace

BOOST_AUTO_TEST_SUITE(structure_property)

BOOST_AUTO_TEST_CASE(figures_agree_with_the_octets_and_parts_lie_within_the_whole)
{
    Generator generator(1);
    for (int i = 0; i < 3000; ++i) {
        const std::string message = generator.message();
        const Structure structure = parse_structure(message);
        if (!is_right(structure.root, message, 0, message.size()) ||
            structure.root.header_octets + structure.root.body_octets != message.size())
            BOOST_FAIL(message);
    }
}

BOOST_AUTO_TEST_CASE(where_the_message_is_cut_makes_no_difference)
{
    Generator generator(2);
    for (int i = 0; i < 1500; ++i) {
        const std::string message = generator.message();
        const Structure whole = parse_structure(message);
        if (!(parse_in_pieces(message, generator) == whole))
            BOOST_FAIL(message);
        if (i >= 60)
            continue;
        for (std::size_t cut = 1; cut < message.size(); ++cut) {
            mime::StructureParser parser;
            parser.feed(std::string_view(message).substr(0, cut));
            parser.feed(std::string_view(message).substr(cut));
            if (!(parser.finish() == whole))
                BOOST_FAIL("cut at " << cut << ": " << message);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_structure_comes_back_from_the_cache)
{
    Generator generator(3);
    for (int i = 0; i < 1000; ++i) {
        const Structure structure = parse_structure(generator.message());
        const std::string bytes = mime::to_bytes(structure);
        BOOST_TEST((mime::from_bytes(bytes).value() == structure));
    }
}

BOOST_AUTO_TEST_CASE(damaged_bytes_from_the_cache_do_no_harm)
{
    Generator generator(4);
    for (int i = 0; i < 100; ++i) {
        const std::string bytes = mime::to_bytes(parse_structure(generator.message()));
        for (std::size_t size = 0; size < bytes.size(); ++size)
            BOOST_TEST(!mime::from_bytes(std::string_view(bytes).substr(0, size)));
        std::string changed = bytes;
        changed[generator.below(changed.size())] =
            static_cast<char>(generator.below(256));
        if (const auto structure = mime::from_bytes(changed))
            BOOST_TEST(
                (mime::from_bytes(mime::to_bytes(*structure)).value() == *structure));
        BOOST_TEST(!mime::from_bytes(bytes + "x"));
    }
}

BOOST_AUTO_TEST_CASE(another_version_is_told_from_damage)
{
    std::string bytes = mime::to_bytes(parse_structure(""));
    ++bytes[0];
    BOOST_TEST((mime::from_bytes(bytes).error().code == base::Errc::Unsupported));
    BOOST_TEST((mime::from_bytes("").error().code == base::Errc::Corrupt));
    BOOST_TEST(
        (mime::from_bytes(std::string(1, '\1')).error().code == base::Errc::Corrupt));
}

BOOST_AUTO_TEST_SUITE_END()
