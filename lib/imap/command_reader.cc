// SPDX-License-Identifier: ISC
#include "imap/command_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "imap/parser.h"
#include "text/ascii.h"

namespace imap {
namespace {

/// A line that is being skipped keeps so much of its end: enough for a literal's
/// `~{18446744073709551615+}` and the CR.
constexpr std::size_t kept_of_skipped = 32;

constexpr Refusal too_long{"The command is too long"};
constexpr Refusal has_nul{"A command must not have a NUL in it"};
constexpr Refusal literal_too_large{"The literal is too large"};

/// The literal that `line` announces at its end, and where it begins.
struct Announced {
    PendingLiteral literal;
    std::size_t at = 0; ///< of the `{` or `~{`
};

/// literal = "{" number64 ["+"] "}", literal8 with a `~` in front. A number too
/// large for us is the largest we know.
std::optional<Announced> announced_literal(std::string_view line)
{
    if (!line.ends_with('}'))
        return std::nullopt;
    const std::size_t open = line.rfind('{');
    if (open == std::string_view::npos)
        return std::nullopt;
    std::string_view digits = line.substr(open + 1, line.size() - open - 2);
    Announced found;
    found.literal.is_synchronizing = !digits.ends_with('+');
    if (!found.literal.is_synchronizing)
        digits.remove_suffix(1);
    if (digits.empty() || !std::all_of(digits.begin(), digits.end(), text::is_digit))
        return std::nullopt;
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    for (const char c : digits) {
        std::uint64_t& n = found.literal.octets;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        n = n > (most - digit) / 10 ? most : n * 10 + digit;
    }
    found.literal.is_literal8 = open > 0 && line[open - 1] == '~';
    found.at = found.literal.is_literal8 ? open - 1 : open;
    return found;
}

/// The tag at the front of a command, or nothing. Without the space behind it, it may
/// be a tag that was cut.
std::string readable_tag(std::string_view command)
{
    try {
        Parser in(command);
        const std::string_view tag = in.tag();
        in.space();
        return std::string(tag);
    } catch (const SyntaxError&) { // a command without a tag is answered without one
        return {};
    }
}

/// Whether `command`, which ends in front of a literal, is an APPEND or REPLACE with
/// its mailbox argument complete.
bool has_append_mailbox(std::string_view command)
{
    try {
        Parser in(command);
        in.tag();
        in.space();
        if (!in.accept("APPEND ")) { // RFC 8508 §5
            in.accept("UID ");
            in.expect("REPLACE ");
            in.seq_number();
            in.space();
        }
        in.mailbox();
        in.space();
        return true;
    } catch (const SyntaxError&) { // then it is some other command, or a bad one
        return false;
    }
}

} // namespace

/// One line, and what its octets say of it.
struct CommandReader::Line {
    std::string text;  ///< if it is too long, the end of it
    std::string front; ///< if it is too long, enough of its beginning for the tag
    bool is_too_long = false;
    bool has_nul = false;
    bool is_quote_open = false;
    bool is_escaped = false;

    void take(std::string_view piece, std::size_t room);
    void finish(std::size_t room);
    void shorten();
};

void CommandReader::Line::take(std::string_view piece, std::size_t room)
{
    for (const char c : piece) {
        if (c == '\0')
            has_nul = true;
        if (is_escaped)
            is_escaped = false;
        else if (c == '"')
            is_quote_open = !is_quote_open;
        else if (c == '\\')
            is_escaped = is_quote_open;
    }
    text += piece;
    if (is_too_long || text.size() > room + 1) // 1 for the CR, which is not counted
        shorten();
}

void CommandReader::Line::finish(std::size_t room)
{
    if (text.ends_with('\r'))
        text.pop_back();
    if (!is_too_long && text.size() > room)
        shorten();
}

void CommandReader::Line::shorten()
{
    if (!is_too_long)
        front = text.substr(0, Parser::max_tag + 1);
    is_too_long = true;
    if (text.size() > kept_of_skipped)
        text.erase(0, text.size() - kept_of_skipped);
}

/// Called when everything has been taken, so there is nothing to keep.
void CommandReader::fill()
{
    buffer_.assign(source_->more());
    start_ = 0;
}

/// An idle client holds no buffer.
void CommandReader::tidy()
{
    if (has_input())
        return;
    std::string().swap(buffer_);
    start_ = 0;
}

/// Reads up to the next LF, keeping `room` octets at most.
CommandReader::Line CommandReader::line(std::size_t room)
{
    Line line;
    for (;;) {
        if (!has_input())
            fill();
        const std::string_view octets = window();
        const std::size_t end = octets.find('\n');
        line.take(octets.substr(0, end), room);
        start_ = end == std::string_view::npos ? buffer_.size() : start_ + end + 1;
        if (end != std::string_view::npos)
            break;
    }
    line.finish(room);
    return line;
}

void CommandReader::skip(std::uint64_t octets)
{
    while (octets > 0) {
        if (!has_input())
            fill();
        const auto piece = std::min<std::uint64_t>(octets, window().size());
        start_ += static_cast<std::size_t>(piece);
        octets -= piece;
    }
}

bool CommandReader::is_for_handler(const Command& command, Kind kind) const
{
    if (kind == Kind::Rest)
        return true;
    return bounds_.append == Bounds::Append::Pending &&
           has_append_mailbox(command.text);
}

/// Reads a literal into the command, or says in `refusal` why not.
void CommandReader::take_inline(Command& command, const PendingLiteral& literal)
{
    const std::size_t room =
        bounds_.command - std::min(bounds_.command, command.text.size());
    if (literal.octets > std::min(bounds_.literal, room) ||
        (!literal.is_synchronizing && literal.octets > bounds_.non_synchronizing)) {
        command.refusal = literal_too_large;
        return;
    }
    if (literal.is_synchronizing)
        source_->go_ahead();
    command.text += literal.is_literal8 ? "~{" : "{";
    command.text += std::to_string(literal.octets) + "}\r\n";
    const std::size_t start = command.text.size();
    for (auto left = static_cast<std::size_t>(literal.octets); left > 0;) {
        if (!has_input())
            fill();
        const std::string_view piece = window().substr(0, left);
        command.text += piece;
        start_ += piece.size();
        left -= piece.size();
    }
    if (!literal.is_literal8 && command.text.find('\0', start) != std::string::npos)
        command.refusal = has_nul;
}

/// Passes over a literal of a command that is refused. False when there is nothing
/// more to read: the client waits for a go-ahead, or is to be sent away.
bool CommandReader::pass_over(Refusal& refusal, const PendingLiteral& literal)
{
    if (literal.is_synchronizing)
        return false;
    if (literal.octets > max_skipped_literal) {
        refusal.after = Refusal::After::Close;
        return false;
    }
    skip(literal.octets);
    return true;
}

Command CommandReader::read(Kind kind)
{
    Command command;
    std::optional<std::string> tag;
    for (;;) {
        const std::size_t room =
            bounds_.command - std::min(bounds_.command, command.text.size());
        const Line line = this->line(room);
        if (!tag)
            tag = readable_tag(line.is_too_long ? line.front : line.text);
        if (!command.refusal && line.is_too_long)
            command.refusal = too_long;
        if (!command.refusal && line.has_nul)
            command.refusal = has_nul;

        const auto announced =
            line.is_quote_open ? std::nullopt : announced_literal(line.text);
        if (!command.refusal)
            command.text.append(line.text, 0,
                                announced ? announced->at : line.text.size());
        if (!announced)
            break;
        const PendingLiteral& literal = announced->literal;
        if (!command.refusal) {
            if (is_for_handler(command, kind)) {
                command.pending = pending_ = literal;
                break;
            }
            const std::size_t before = command.text.size();
            take_inline(command, literal);
            if (command.text.size() != before) // it has been read
                continue;
        }
        if (!pass_over(*command.refusal, literal))
            break;
    }
    if (command.refusal)
        command.text = kind == Kind::Command ? *tag : "";
    tidy();
    return command;
}

Command CommandReader::next()
{
    refuse_literal();
    if (is_hopeless_)
        return {
            {}, std::nullopt, Refusal{literal_too_large.why, Refusal::After::Close}};
    return read(Kind::Command);
}

std::optional<std::string> CommandReader::read_line(std::size_t limit)
{
    Line line = this->line(limit);
    tidy();
    if (line.is_too_long)
        return std::nullopt;
    return std::move(line.text);
}

void CommandReader::accept_literal()
{
    if (!pending_)
        return;
    if (pending_->is_synchronizing)
        source_->go_ahead();
    literal_left_ = pending_->octets;
    in_literal_ = true;
    pending_.reset();
}

std::string_view CommandReader::read_literal(std::size_t most)
{
    if (literal_left_ == 0 || most == 0)
        return {};
    if (!has_input())
        fill();
    most = static_cast<std::size_t>(std::min<std::uint64_t>(most, literal_left_));
    const std::string_view piece = window().substr(0, most);
    start_ += piece.size();
    literal_left_ -= piece.size();
    return piece;
}

Command CommandReader::rest_of_line()
{
    skip(std::exchange(literal_left_, 0));
    in_literal_ = false;
    return read(Kind::Rest);
}

void CommandReader::refuse_literal()
{
    if (pending_) {
        const PendingLiteral literal = *pending_;
        pending_.reset();
        if (literal.is_synchronizing)
            return;
        literal_left_ = literal.octets;
        in_literal_ = true;
    }
    while (in_literal_ && !is_hopeless_) {
        if (literal_left_ > max_refused_literal) {
            is_hopeless_ = true;
            break;
        }
        skip(std::exchange(literal_left_, 0));
        const Line line = this->line(0);
        const auto announced =
            line.is_quote_open ? std::nullopt : announced_literal(line.text);
        in_literal_ = announced && !announced->literal.is_synchronizing;
        if (in_literal_)
            literal_left_ = announced->literal.octets;
    }
    tidy();
}

void CommandReader::read_ahead()
{
    std::string octets = take_input();
    octets += source_->more();
    buffer_ = std::move(octets);
    start_ = 0;
}

bool CommandReader::has_line() const
{
    return window().find('\n') != std::string_view::npos;
}

void CommandReader::preload(std::string_view octets)
{
    buffer_ = std::string(octets) += window();
    start_ = 0;
}

std::string CommandReader::take_input()
{
    std::string octets(window());
    start_ = buffer_.size();
    tidy();
    return octets;
}

} // namespace imap
