// SPDX-License-Identifier: ISC
#include "fetch/binary.h"

#include <algorithm>
#include <limits>

#include "fetch/body.h"
#include "io/disconnected.h"
#include "mime/encoding.h"

namespace imapd {
namespace {

/// Bare line feeds become CRLF: RFC 3516 §6, textual sections have CRLF. NULs stay.
class LineEnds {
public:
    std::string_view feed(std::string_view octets)
    {
        text_.clear();
        for (const char c : octets) {
            if (c == '\n' && last_ != '\r')
                text_ += '\r';
            text_ += c;
            last_ = c;
        }
        return text_;
    }

private:
    std::string text_;
    char last_ = '\0';
};

/// What falls into a window of a stream.
class Slice {
public:
    Slice(std::uint64_t skip, std::uint64_t take) : skip_(skip), take_(take) {}

    std::string_view feed(std::string_view octets)
    {
        const auto skipped = std::min<std::uint64_t>(skip_, octets.size());
        skip_ -= skipped;
        octets.remove_prefix(static_cast<std::size_t>(skipped));
        const auto taken = std::min<std::uint64_t>(take_, octets.size());
        take_ -= taken;
        return octets.substr(0, static_cast<std::size_t>(taken));
    }
    std::uint64_t left() const { return take_; }

private:
    std::uint64_t skip_;
    std::uint64_t take_;
};

} // namespace

base::Result<Binary> Binary::open(const mailbox::Message& message,
                                  const mime::Structure& structure,
                                  const Section& section)
{
    Binary binary;
    const mime::Part* part = structure.find(section.part);
    if (!part)
        return binary;
    binary.is_there_ = true;
    const bool is_whole = section.part.empty();
    binary.source_ = {part->body_offset, part->body_octets, {}};
    if (is_whole) {
        binary.source_.offset = part->header_offset;
        binary.source_.octets += part->header_octets;
    } else if (part->children.empty()) {
        binary.source_.encoding = part->encoding;
    }

    std::uint64_t take = std::numeric_limits<std::uint64_t>::max();
    if (section.partial) {
        binary.skip_ = section.partial->offset;
        take = section.partial->octets;
    }
    Slice slice(binary.skip_, take);
    const auto done = binary.decode(message.fd.get(), [&](std::string_view octets) {
        binary.octets_ += octets.size();
        const std::string_view taken = slice.feed(octets);
        binary.take_ += taken.size();
        binary.has_nul_ = binary.has_nul_ || taken.find('\0') != std::string_view::npos;
    });
    if (!done)
        return done.error();
    return binary;
}

base::Status Binary::decode(int fd,
                            const std::function<void(std::string_view)>& to) const
{
    auto decoder = mime::Decoder::create(source_.encoding);
    if (!decoder)
        return decoder.error();
    LineEnds line_ends;
    const auto done =
        read_octets(fd, source_.offset, source_.octets, [&](std::string_view octets) {
            to(decoder->feed(line_ends.feed(octets)));
        });
    if (done)
        to(decoder->finish());
    return done;
}

void Binary::write(imap::Writer& out, const mailbox::Message& message) const
{
    if (!is_there_) {
        out.raw("NIL");
        return;
    }
    if (has_nul_)
        out.literal8_header(take_);
    else
        out.literal_header(take_);
    Slice slice(skip_, take_);
    const auto done = decode(message.fd.get(), [&](std::string_view octets) {
        out.raw(slice.feed(octets));
    });
    // The client counts on what the literal's header said: there is no way back.
    if (!done || slice.left() > 0)
        throw io::Disconnected{io::Disconnected::Reason::Failed};
}

} // namespace imapd
