// SPDX-License-Identifier: ISC
/// \file
/// Finding the parts of a message in one pass, without holding any of it.
///
/// The message is a sequence of lines, and only two things about a line matter: in
/// a header whether it is empty, and anywhere whether it begins with `--` and one
/// of the boundaries that are open. So of every line we keep its length and,
/// if it begins with `--`, as much of its front as a boundary can be long.
/// What is open is a stack: the message, in it a multipart, in it a part. A
/// boundary of the multipart at any depth closes all that stands above it, which
/// is how RFC 2046 §5.1.2 wants multiparts treated whose own end is missing.
///
/// Sizes are differences of marks (octets in the file, octets on the wire, line
/// ends), taken at the starts of lines and before line ends; nothing is counted
/// for each part, so a thousand parts within each other cost no more than one.

#include "mime/structure.h"

#include <algorithm>
#include <utility>

#include "mime/header.h"
#include "mime/header_keeper.h"
#include "text/ascii.h"

namespace mime {
namespace {

/// A place in the message.
struct Mark {
    std::uint64_t octets = 0;
    std::uint64_t wire_octets = 0;
    std::uint64_t lines = 0;
};

Mark earlier(const Mark& a, const Mark& b)
{
    return a.octets < b.octets ? a : b;
}
Mark later(const Mark& a, const Mark& b)
{
    return a.octets < b.octets ? b : a;
}

/// A part whose end has not been found.
struct Open {
    Part part;
    Mark start;
    Mark body; ///< where the body begins; known once the header is over
    bool in_header = true;
    bool in_digest = false;
    HeaderKeeper header;
    /// Of a multipart that may have further parts; else empty.
    std::string boundary;
};

std::optional<std::string> value_of(const Header& header, std::string_view name)
{
    const Field* const field = header.field(name);
    if (field == nullptr)
        return {};
    return field->value();
}

/// What the Content fields say. Of fields that are there twice the first counts.
void read_content(Part& part, const Header& header, bool in_digest)
{
    const Field* const type = header.field("Content-Type");
    if (type != nullptr) {
        // RFC 2045 §5.2: one that cannot be read is as good as none.
        ContentType read = parse_content_type(type->value());
        if (!read.type.empty()) {
            part.type = std::move(read.type);
            part.subtype = std::move(read.subtype);
            part.parameters = std::move(read.parameters);
        }
    } else if (in_digest) { // RFC 2046 §5.1.5
        part.type = "message";
        part.subtype = "rfc822";
    }
    const auto is_charset = [](const Parameter& p) {
        return text::starts_with_ignoring_case(p.name, "charset") &&
               (p.name.size() == 7 || p.name[7] == '*');
    };
    if (part.is("text") &&
        std::none_of(part.parameters.begin(), part.parameters.end(), is_charset))
        part.parameters.push_back({"charset", "us-ascii"});

    if (const auto value = value_of(header, "Content-Transfer-Encoding"))
        if (std::string encoding = parse_token(*value); !encoding.empty())
            part.encoding = std::move(encoding);
    if (const auto value = value_of(header, "Content-Disposition"))
        if (Disposition read = parse_disposition(*value); !read.value.empty())
            part.disposition = std::move(read);
    if (const auto value = value_of(header, "Content-Language"))
        part.languages = parse_token_list(*value);
    part.id = value_of(header, "Content-ID");
    part.description = value_of(header, "Content-Description");
    part.md5 = value_of(header, "Content-MD5");
    part.location = value_of(header, "Content-Location");
}

/// The boundary as the lines have it; only the plain value counts.
std::string boundary_of(const Part& part)
{
    for (const Parameter& parameter : part.parameters)
        if (text::equal_ignoring_case(parameter.name, "boundary"))
            return parameter.value.substr(0, max_boundary);
    return {};
}

/// Makes of a part something that needs no looking into.
void make_opaque(Part& part)
{
    part.type = "application";
    part.subtype = "octet-stream";
    part.parameters.clear();
}

/// A text/plain with nothing in it, at a place.
Part empty_part(const Mark& at)
{
    Part part;
    part.parameters.push_back({"charset", "us-ascii"});
    part.header_offset = part.body_offset = at.octets;
    return part;
}

} // namespace

class StructureParser::State {
public:
    State() { open_part(now_, false, true); }

    void feed(std::string_view chunk)
    {
        while (!chunk.empty()) {
            const std::size_t lf = chunk.find('\n');
            const std::size_t size =
                lf == std::string_view::npos ? chunk.size() : lf + 1;
            take(chunk.substr(0, size));
            if (lf != std::string_view::npos)
                end_line();
            chunk.remove_prefix(size);
        }
    }

    Structure finish()
    {
        if (now_.octets > line_start_.octets)
            if (const auto found = boundary_line())
                close_to(found->level);
        while (stack_.size() > 1)
            close_top(now_);
        finish_part(stack_.front(), now_);
        return {std::move(stack_.front().part)};
    }

private:
    /// A boundary line: whose it is, and whether it is the last one.
    struct Found {
        std::size_t level; ///< of the multipart in the stack
        bool is_last;
    };

    /// A piece of a line, its LF included if it is the last.
    void take(std::string_view piece)
    {
        constexpr std::size_t room = 2 + max_boundary + 4; // "--", "--", CRLF
        if (line_.size() < room && (line_.size() < 2 || line_.starts_with("--")))
            line_ += piece.substr(0, room - line_.size());
        if (stack_.back().in_header)
            stack_.back().header.feed(piece);
        now_.octets += piece.size();
        now_.wire_octets += piece.size();
        if (!piece.ends_with('\n')) {
            ends_with_cr_ = piece.back() == '\r';
            return;
        }
        if (piece.size() > 1)
            ends_with_cr_ = piece[piece.size() - 2] == '\r';
        if (!ends_with_cr_)
            ++now_.wire_octets;
        ++now_.lines;
    }

    void end_line()
    {
        const bool empty =
            now_.octets - line_start_.octets == (ends_with_cr_ ? 2u : 1u);
        if (const auto found = boundary_line()) {
            close_to(found->level);
            if (found->is_last)
                stack_.back().boundary.clear();
            else
                open_part(now_, stack_.back().part.is("multipart", "digest"), false);
        } else if (empty && stack_.back().in_header) {
            end_header();
        }
        before_line_end_ = now_;
        before_line_end_.octets -= ends_with_cr_ ? 2 : 1;
        before_line_end_.wire_octets -= 2;
        before_line_end_.lines -= 1;
        line_start_ = now_;
        line_.clear();
        ends_with_cr_ = false;
    }

    /// Whether the line in `line_` is a boundary of what is open.
    ///
    /// RFC 2046 §5.1.1 asks for the boundary to stand at the front of the line and
    /// nothing of the rest, so `--ab` is a boundary line of `a` as well. Where that
    /// fits several we take the innermost that is the whole line, else the longest.
    std::optional<Found> boundary_line() const
    {
        if (sealed_ || !line_.starts_with("--"))
            return {};
        const std::string_view front = std::string_view(line_).substr(2);
        const std::string_view whole = text::trim_back(front);
        std::optional<std::size_t> best;
        for (std::size_t i = stack_.size(); i-- > 0;) {
            const std::string& boundary = stack_[i].boundary;
            if (boundary.empty() || !front.starts_with(boundary))
                continue;
            if (!best || stack_[*best].boundary.size() < boundary.size())
                best = i;
            if (whole == boundary || (whole.size() == boundary.size() + 2 &&
                                      whole.substr(boundary.size()) == "--")) {
                best = i;
                break;
            }
        }
        if (!best)
            return {};
        const std::size_t after = stack_[*best].boundary.size();
        return Found{*best, front.substr(after).starts_with("--")};
    }

    void open_part(const Mark& start, bool in_digest, bool is_message)
    {
        using Fields = HeaderKeeper::Fields;
        Open open;
        open.start = start;
        open.in_digest = in_digest;
        if (is_message)
            open.part.envelope.emplace();
        open.header =
            HeaderKeeper(is_message ? Fields::ContentAndEnvelope : Fields::Content,
                         std::min(max_header_kept, budget_));
        stack_.push_back(std::move(open));
        ++parts_;
        if (parts_ >= max_parts)
            sealed_ = true;
    }

    /// The header of the part on top is over, and a body begins here.
    void end_header()
    {
        read_header(stack_.back());
        Open& top = stack_.back();
        top.body = now_;
        if (top.part.is_multipart())
            top.boundary = boundary_of(top.part);
        else if (top.part.is_message())
            open_part(now_, false, true);
    }

    void read_header(Open& open)
    {
        open.in_header = false;
        const Header header = Header::parse(open.header.kept());
        budget_ -= std::min(budget_, open.header.kept().size());
        open.header = HeaderKeeper();
        read_content(open.part, header, open.in_digest);
        if (open.part.envelope)
            open.part.envelope = parse_envelope(header);
        const bool holds_parts = open.part.is_multipart() || open.part.is_message();
        if (holds_parts && (sealed_ || stack_.size() >= max_depth))
            make_opaque(open.part);
    }

    /// Closes what stands above `level`, which a boundary line at `line_start_` ends.
    void close_to(std::size_t level)
    {
        if (stack_.size() == level + 1)
            return;
        // The line end before it belongs to the boundary, but a part does not end
        // before it begins.
        const Mark end = later(before_line_end_, stack_[level + 1].start);
        while (stack_.size() > level + 1)
            close_top(end);
    }

    void close_top(const Mark& end)
    {
        finish_part(stack_.back(), end);
        Part part = std::move(stack_.back().part);
        stack_.pop_back();
        stack_.back().part.children.push_back(std::move(part));
    }

    /// Fills in where the part is. What is said of it may begin after `end`, when
    /// its header ended with the line end that a boundary then claimed.
    void finish_part(Open& open, const Mark& end)
    {
        if (open.in_header) {
            read_header(open);
            open.body = end;
        }
        const Mark start = earlier(open.start, end);
        const Mark body = earlier(open.body, end);
        Part& part = open.part;
        part.header_offset = start.octets;
        part.header_octets = body.octets - start.octets;
        part.header_wire_octets = body.wire_octets - start.wire_octets;
        part.body_offset = body.octets;
        part.body_octets = end.octets - body.octets;
        part.body_wire_octets = end.wire_octets - body.wire_octets;
        part.body_lines = end.lines - body.lines;
        if (!part.children.empty())
            return;
        if (part.is_multipart() || part.is_message())
            part.children.push_back(empty_part(end));
        if (part.is_message())
            part.children.back().envelope.emplace();
    }

    std::vector<Open> stack_;
    Mark now_;
    Mark line_start_;
    Mark before_line_end_;      ///< the end of the last line, without its CRLF or LF
    bool ends_with_cr_ = false; ///< what is there of the line, before its LF
    std::string line_; ///< the front of the line, as long as it may be a boundary
    std::size_t parts_ = 0;
    bool sealed_ = false; ///< too many parts: boundaries mean nothing any more
    std::size_t budget_ = max_headers_kept;
};

StructureParser::StructureParser() : state_(std::make_unique<State>())
{
}
StructureParser::StructureParser(StructureParser&&) noexcept = default;
StructureParser& StructureParser::operator=(StructureParser&&) noexcept = default;
StructureParser::~StructureParser() = default;

void StructureParser::feed(std::string_view chunk)
{
    state_->feed(chunk);
}

Structure StructureParser::finish()
{
    return state_->finish();
}

} // namespace mime
