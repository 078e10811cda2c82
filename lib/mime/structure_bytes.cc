// SPDX-License-Identifier: ISC
/// \file
/// Structures as octets for a cache.
///
/// A version octet, then the root part. Numbers are little-endian in groups of
/// seven bits, the eighth says that more follow. A string is its size and its
/// octets; something optional is 0 or 1 and the thing; a list is its length and
/// the things. Of a part's place only sizes are written where the rest follows.

#include "mime/structure.h"

#include <algorithm>
#include <utility>

namespace mime {
namespace {

constexpr char version = 1;

class Writer {
public:
    std::string bytes;

    void number(std::uint64_t value)
    {
        while (value >= 0x80) {
            bytes += static_cast<char>((value & 0x7F) | 0x80);
            value >>= 7;
        }
        bytes += static_cast<char>(value);
    }
    void item(const std::string& s)
    {
        number(s.size());
        bytes += s;
    }
    template <class T>
    void item(const std::optional<T>& thing)
    {
        number(thing ? 1 : 0);
        if (thing)
            item(*thing);
    }
    template <class T>
    void item(const std::vector<T>& things)
    {
        number(things.size());
        for (const T& thing : things)
            item(thing);
    }
    void item(const Parameter& p)
    {
        item(p.name);
        item(p.value);
    }
    void item(const Disposition& d)
    {
        item(d.value);
        item(d.parameters);
    }
    void item(const Address& a)
    {
        item(a.name);
        item(a.route);
        item(a.mailbox);
        item(a.host);
    }
    void item(const Envelope& e)
    {
        item(e.date);
        item(e.subject);
        for (const Addresses* list :
             {&e.from, &e.sender, &e.reply_to, &e.to, &e.cc, &e.bcc})
            item(*list);
        item(e.in_reply_to);
        item(e.message_id);
    }
    void item(const Part& p)
    {
        item(p.type);
        item(p.subtype);
        item(p.parameters);
        item(p.id);
        item(p.description);
        item(p.encoding);
        item(p.md5);
        item(p.disposition);
        item(p.languages);
        item(p.location);
        for (const std::uint64_t n :
             {p.header_offset, p.header_octets, p.header_wire_octets, p.body_octets,
              p.body_wire_octets, p.body_lines})
            number(n);
        item(p.envelope);
        item(p.children);
    }
};

/// Reads what Writer wrote. After a mistake everything reads as empty, and
/// `good` says so.
class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    bool good = true;
    bool at_end() const { return rest_.empty(); }

    std::uint64_t number()
    {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
            const auto octet = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= std::uint64_t{octet & 0x7Fu} << shift;
            if (octet < 0x80)
                return value;
        }
        fail();
        return 0;
    }
    void item(std::string& s)
    {
        const std::uint64_t size = number();
        if (size > rest_.size()) {
            fail();
            return;
        }
        s = rest_.substr(0, static_cast<std::size_t>(size));
        rest_.remove_prefix(s.size());
    }
    template <class T>
    void item(std::optional<T>& thing)
    {
        const std::uint64_t there = number();
        if (there > 1)
            fail();
        if (there == 1)
            item(thing.emplace());
        else
            thing.reset();
    }
    template <class T>
    void item(std::vector<T>& things)
    {
        std::uint64_t count = number();
        things.clear();
        // Everything takes at least an octet, so a count cannot make us allocate
        // what the input does not hold.
        if (count > rest_.size())
            fail();
        for (; good && count > 0; --count)
            item(things.emplace_back());
    }
    void item(Parameter& p)
    {
        item(p.name);
        item(p.value);
    }
    void item(Disposition& d)
    {
        item(d.value);
        item(d.parameters);
    }
    void item(Address& a)
    {
        item(a.name);
        item(a.route);
        item(a.mailbox);
        item(a.host);
    }
    void item(Envelope& e)
    {
        item(e.date);
        item(e.subject);
        for (Addresses* list : {&e.from, &e.sender, &e.reply_to, &e.to, &e.cc, &e.bcc})
            item(*list);
        item(e.in_reply_to);
        item(e.message_id);
    }
    void item(Part& p)
    {
        // One more than what the parser opens, for the empty part in a multipart.
        if (++depth_ > max_depth + 1) {
            fail();
            return;
        }
        item(p.type);
        item(p.subtype);
        item(p.parameters);
        item(p.id);
        item(p.description);
        item(p.encoding);
        item(p.md5);
        item(p.disposition);
        item(p.languages);
        item(p.location);
        for (std::uint64_t* n :
             {&p.header_offset, &p.header_octets, &p.header_wire_octets, &p.body_octets,
              &p.body_wire_octets, &p.body_lines})
            *n = number();
        p.body_offset = p.header_offset + p.header_octets;
        item(p.envelope);
        item(p.children);
        --depth_;
    }

private:
    void fail()
    {
        good = false;
        rest_ = {};
    }

    std::string_view rest_;
    std::size_t depth_ = 0;
};

/// Octets of a file: far less than this, so sums of two do not wrap.
constexpr std::uint64_t max_octets = std::uint64_t{1} << 62;

/// What the users of a part rely on.
bool is_sound(const Part& part)
{
    for (const std::uint64_t n :
         {part.header_offset, part.header_octets, part.header_wire_octets,
          part.body_octets, part.body_wire_octets, part.body_lines})
        if (n > max_octets)
            return false;
    const bool counts = part.is_multipart() ? !part.children.empty()
                        : part.is_message() ? part.children.size() == 1 &&
                                                  part.children[0].envelope.has_value()
                                            : part.children.empty();
    const std::uint64_t end = part.body_offset + part.body_octets;
    return counts &&
           std::all_of(
               part.children.begin(), part.children.end(), [&](const Part& child) {
                   return is_sound(child) && child.header_offset >= part.body_offset &&
                          child.body_offset + child.body_octets <= end;
               });
}

} // namespace

std::string to_bytes(const Structure& structure)
{
    Writer writer;
    writer.bytes += version;
    writer.item(structure.root);
    return std::move(writer.bytes);
}

base::Result<Structure> from_bytes(std::string_view bytes)
{
    if (bytes.empty())
        return base::Error{base::Errc::Corrupt, "an empty structure"};
    if (bytes.front() != version)
        return base::Error{base::Errc::Unsupported, "a structure of another version"};
    Reader reader(bytes.substr(1));
    Structure structure;
    reader.item(structure.root);
    if (!reader.good || !reader.at_end() || !structure.root.envelope ||
        !is_sound(structure.root))
        return base::Error{base::Errc::Corrupt, "a damaged structure"};
    return structure;
}

} // namespace mime
