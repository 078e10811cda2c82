// SPDX-License-Identifier: ISC
#include "fetch/body.h"

#include <algorithm>
#include <vector>

#include "io/disconnected.h"
#include "io/file.h"
#include "mime/header.h"

namespace imapd {
namespace {

constexpr std::size_t chunk = 65536;

/// What BODYSTRUCTURE tells of can be asked for.
static_assert(imap::Parser::max_section_depth > mime::max_depth);

/// Turns octets of a file into octets of the wire.
class WireForm {
public:
    /// `before` is the octet that stands before those that come.
    explicit WireForm(char before = '\0') : last_(before) {}

    /// Appends the wire form of `octets` to `out`.
    void append(std::string_view octets, std::string& out)
    {
        for (const char c : octets) {
            if (c == '\n' && last_ != '\r')
                out += '\r';
            out += c == '\0' ? '\x80' : c;
            last_ = c;
        }
    }

private:
    char last_;
};

/// Calls `take` with the file's octets from `offset` on, chunk after chunk, until
/// `octets` have been given or `take` says false.
template <class Take>
base::Status read_chunks(int fd, std::uint64_t offset, std::uint64_t octets, Take take)
{
    std::vector<char> buffer(
        static_cast<std::size_t>(std::min<std::uint64_t>(octets, chunk)));
    while (octets > 0) {
        const auto want =
            static_cast<std::size_t>(std::min<std::uint64_t>(octets, buffer.size()));
        const auto n = io::read_at(fd, {buffer.data(), want}, offset);
        if (!n)
            return n.error();
        if (*n == 0)
            return base::Error{base::Errc::Io, "The message's file has become shorter"};
        if (!take(std::string_view(buffer.data(), *n)))
            return base::Done{};
        offset += *n;
        octets -= *n;
    }
    return base::Done{};
}

/// All of the file.
template <class Take>
base::Status read_file(int fd, Take take)
{
    std::vector<char> buffer(chunk);
    for (std::uint64_t offset = 0;;) {
        const auto n = io::read_at(fd, buffer, offset);
        if (!n)
            return n.error();
        if (*n == 0 || !take(std::string_view(buffer.data(), *n)))
            return base::Done{};
        offset += *n;
    }
}

struct Window {
    std::uint64_t skip = 0;
    std::uint64_t take = 0;
};

/// What `<offset.octets>` leaves of so many octets. RFC 9051 §6.4.5: past the end
/// there is nothing, and no error.
Window window_of(std::uint64_t octets, const std::optional<imap::Partial>& partial)
{
    if (!partial)
        return {0, octets};
    const std::uint64_t skip = std::min(partial->offset, octets);
    return {skip, std::min(partial->octets, octets - skip)};
}

/// Where a blank line ends in `octets`; 0 if there is none.
std::size_t end_of_header(std::string_view octets)
{
    for (std::size_t at = 0; at < octets.size();) {
        const std::size_t end = octets.find('\n', at);
        if (end == std::string_view::npos)
            return 0;
        if (end == at || (end == at + 1 && octets[at] == '\r'))
            return end + 1;
        at = end + 1;
    }
    return 0;
}

} // namespace

base::Result<Body::Found> Body::find(const Section& section) const
{
    const mime::Part* part = structure_->find(section.part);
    using Text = Section::Text;
    const bool is_within = section.text == Text::Header || section.text == Text::Text ||
                           section.text == Text::Fields ||
                           section.text == Text::FieldsNot;
    if (part && is_within && !section.part.empty())
        part = part->message(); // RFC 9051 §6.4.5: they are of message/rfc822 only
    if (!part)
        return base::Error{base::Errc::NotFound, "There is no such part"};
    const Stretch header = {part->header_offset, part->header_octets,
                            part->header_wire_octets};
    const Stretch body = {part->body_offset, part->body_octets, part->body_wire_octets};
    switch (section.text) {
    case Text::Header:
    case Text::Mime:
        return Found{header, std::nullopt};
    case Text::Fields:
    case Text::FieldsNot: {
        auto text = fields(*part, section);
        if (!text)
            return text.error();
        return Found{header, std::move(*text)};
    }
    case Text::Text:
        return Found{body, std::nullopt};
    case Text::Whole:
        break;
    }
    if (!section.part.empty())
        return Found{body, std::nullopt};
    return Found{{header.offset, header.octets + body.octets,
                  header.wire_octets + body.wire_octets},
                 std::nullopt};
}

base::Result<std::string> Body::fields(const mime::Part& part,
                                       const Section& section) const
{
    std::string bytes;
    const auto done = read_chunks(message_->fd.get(), part.header_offset,
                                  std::min(part.header_octets, max_header),
                                  [&](std::string_view given) {
                                      bytes += given;
                                      return true;
                                  });
    if (!done)
        return done.error();
    const auto which = section.text == Section::Text::Fields
                           ? mime::Header::Which::Named
                           : mime::Header::Which::NotNamed;
    std::string wire;
    WireForm().append(mime::Header::parse(bytes).select(section.fields, which), wire);
    return wire;
}

base::Status Body::give(const Found& found, std::uint64_t skip, std::uint64_t take,
                        const std::function<void(std::string_view)>& to) const
{
    if (found.text) {
        to(std::string_view(*found.text)
               .substr(static_cast<std::size_t>(skip), static_cast<std::size_t>(take)));
        return base::Done{};
    }
    const Stretch& stretch = found.stretch;
    std::uint64_t offset = stretch.offset;
    std::uint64_t octets = stretch.octets;
    WireForm form;
    if (stretch.octets == stretch.wire_octets) { // no bare LF: the places are the same
        offset += skip;
        octets = take;
        skip = 0;
        form = WireForm('\r'); // which is what stands before an LF if it is the first
    }
    std::string wire;
    const auto done =
        read_chunks(message_->fd.get(), offset, octets, [&](std::string_view given) {
            wire.clear();
            form.append(given, wire);
            std::string_view rest = wire;
            const auto skipped = std::min<std::uint64_t>(skip, rest.size());
            skip -= skipped;
            rest.remove_prefix(static_cast<std::size_t>(skipped));
            const auto taken = std::min<std::uint64_t>(take, rest.size());
            take -= taken;
            to(rest.substr(0, static_cast<std::size_t>(taken)));
            return take > 0;
        });
    if (done && take > 0)
        return base::Error{base::Errc::Io, "The message's file has changed"};
    return done;
}

void Body::write(imap::Writer& out, const Section& section) const
{
    const auto found = find(section);
    if (!found && found.error().code == base::Errc::NotFound) {
        out.raw("NIL");
        return;
    }
    if (!found)
        throw io::Disconnected{io::Disconnected::Reason::Failed};
    const Window window = window_of(found->octets(), section.partial);
    out.literal_header(window.take);
    const auto done = give(*found, window.skip, window.take,
                           [&](std::string_view octets) { out.raw(octets); });
    // The client counts on what the literal's header said: there is no way back.
    if (!done)
        throw io::Disconnected{io::Disconnected::Reason::Failed};
}

base::Status Body::copy(imap::ByteSink& to, const Section& section) const
{
    const auto found = find(section);
    if (!found)
        return found.error();
    const Window window = window_of(found->octets(), section.partial);
    return give(*found, window.skip, window.take,
                [&](std::string_view octets) { to.write(octets); });
}

base::Result<std::string> read_header(int fd)
{
    std::string header;
    std::size_t line = 0; // where the last line begins, which a later chunk may end
    std::size_t end = 0;
    const auto done = read_file(fd, [&](std::string_view given) {
        header += given;
        const std::size_t lf = given.rfind('\n');
        if (lf == std::string_view::npos) // more of a line: not looked at again until
            return header.size() < Body::max_header; // its end is there
        if (const std::size_t found =
                end_of_header(std::string_view(header).substr(line));
            found > 0)
            end = line + found;
        line = header.size() - given.size() + lf + 1;
        return end == 0 && header.size() < Body::max_header;
    });
    if (!done)
        return done.error();
    if (end > 0)
        header.resize(end);
    return header;
}

base::Result<mime::Structure> read_structure(int fd)
{
    mime::StructureParser parser;
    const auto done = read_file(fd, [&](std::string_view given) {
        parser.feed(given);
        return true;
    });
    if (!done)
        return done.error();
    return parser.finish();
}

base::Status read_octets(int fd, const std::function<void(std::string_view)>& take)
{
    return read_file(fd, [&](std::string_view given) {
        take(given);
        return true;
    });
}

base::Status read_octets(int fd, std::uint64_t offset, std::uint64_t octets,
                         const std::function<void(std::string_view)>& take)
{
    return read_chunks(fd, offset, octets, [&](std::string_view given) {
        take(given);
        return true;
    });
}

} // namespace imapd
