// SPDX-License-Identifier: ISC
#include "imap/parser.h"

#include <limits>
#include <utility>

#include "text/ascii.h"
#include "text/utf8.h"

namespace imap {
namespace {

constexpr std::uint64_t largest_number64 = std::numeric_limits<std::int64_t>::max();

bool is_one_of(std::string_view set, char c)
{
    return set.find(c) != std::string_view::npos;
}

/// ATOM-CHAR: any CHAR but atom-specials.
bool is_atom_char(char c)
{
    return !text::is_control(c) && !text::is_8bit(c) && !is_one_of("(){ %*\"\\]", c);
}

bool is_astring_char(char c)
{
    return is_atom_char(c) || c == ']';
}

bool is_list_char(char c)
{
    return is_astring_char(c) || c == '%' || c == '*';
}

} // namespace

void Parser::fail(std::string_view expected) const
{
    std::string message = "Expected ";
    message += expected;
    if (at_end())
        message += " but the command ended";
    throw SyntaxError(message);
}

/// 1*<octets that `is_member` takes>
template <class Predicate>
std::string_view Parser::run(Predicate is_member, std::string_view expected)
{
    const std::size_t start = at_;
    while (at_ < text_.size() && is_member(text_[at_]))
        ++at_;
    if (at_ == start)
        fail(expected);
    return text_.substr(start, at_ - start);
}

bool Parser::sees(std::string_view text) const
{
    return text::starts_with_ignoring_case(rest(), text);
}

bool Parser::accept(std::string_view text)
{
    if (!sees(text))
        return false;
    at_ += text.size();
    return true;
}

void Parser::expect(std::string_view text)
{
    if (!accept(text))
        fail(text);
}

void Parser::space(std::string_view before)
{
    if (accept(" "))
        return;
    std::string expected = "a space";
    if (!before.empty()) {
        expected += " before ";
        expected += before;
    }
    fail(expected);
}

void Parser::end() const
{
    if (!at_end())
        fail("the end of the command");
}

std::string_view Parser::tag()
{
    const auto tag =
        run([](char c) { return is_astring_char(c) && c != '+'; }, "a tag");
    if (tag.size() > max_tag)
        throw SyntaxError("The tag is too long");
    return tag;
}

std::string Parser::command_word()
{
    return text::to_upper(run(
        [](char c) { return text::is_alnum(c) || c == '-' || c == '_'; }, "a command"));
}

std::string_view Parser::atom()
{
    return run(is_atom_char, "an atom");
}

std::string Parser::astring()
{
    if (peek() == '"' || peek() == '{')
        return string();
    return std::string(run(is_astring_char, "an atom or a string"));
}

std::string Parser::string()
{
    if (peek() == '"')
        return quoted();
    if (peek() != '{')
        fail("a string");
    return std::string(literal());
}

std::optional<std::string> Parser::nstring()
{
    if (peek() == '"' || peek() == '{')
        return string();
    if (!text::equal_ignoring_case(run(is_astring_char, "a string or NIL"), "NIL"))
        throw SyntaxError("Expected a string or NIL");
    return std::nullopt;
}

std::string Parser::quoted()
{
    expect("\"");
    std::string value;
    for (; !at_end() && peek() != '"'; ++at_) {
        if (peek() == '\\') {
            ++at_;
            if (peek() != '"' && peek() != '\\')
                fail("a quote or a backslash after the backslash");
        }
        if (is_one_of(std::string_view("\0\r\n", 3), peek()))
            fail("no NUL and no line end in the quoted string");
        value += peek();
    }
    expect("\"");
    if (quoted_ == Quoted::Utf8 && !text::valid_utf8(value))
        throw SyntaxError("A quoted string must be in UTF-8");
    return value;
}

std::string_view Parser::literal()
{
    const bool may_hold_nul = accept("~");
    expect("{");
    const std::uint64_t octets = digits(largest_number64, "the literal's length");
    accept("+");
    if (!accept("}\r\n"))
        fail("the end of the literal's length");
    if (octets > text_.size() - at_)
        throw SyntaxError("The literal is shorter than announced");
    const auto value = text_.substr(at_, static_cast<std::size_t>(octets));
    if (!may_hold_nul && value.find('\0') != std::string_view::npos)
        throw SyntaxError("A literal must not have a NUL in it");
    at_ += value.size();
    return value;
}

std::string Parser::list_mailbox()
{
    if (peek() == '"' || peek() == '{')
        return string();
    return std::string(run(is_list_char, "a mailbox pattern"));
}

std::string Parser::mailbox()
{
    std::string name = astring();
    if (text::equal_ignoring_case(name, "INBOX"))
        return "INBOX";
    return name;
}

/// A number 0 … `largest`, with leading zeros as the ABNF lets them be.
std::uint64_t Parser::digits(std::uint64_t largest, std::string_view expected)
{
    std::uint64_t value = 0;
    for (const char c : run(text::is_digit, expected)) {
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (value > (largest - digit) / 10)
            throw SyntaxError("The number is too large");
        value = value * 10 + digit;
    }
    return value;
}

std::uint32_t Parser::number()
{
    return static_cast<std::uint32_t>(
        digits(std::numeric_limits<std::uint32_t>::max(), "a number"));
}

Number Parser::nz_number()
{
    // nz-number = digit-nz *DIGIT: no leading zeros here.
    if (peek() == '0')
        fail("a number other than 0");
    return number();
}

std::uint64_t Parser::number64()
{
    return digits(largest_number64, "a number");
}

std::uint64_t Parser::mod_sequence()
{
    return digits(largest_number64, "a mod-sequence");
}

SequenceSet Parser::sequence_set()
{
    auto set = SequenceSet::parse(
        run([](char c) { return text::is_digit(c) || is_one_of(":,*$", c); },
            "a set of message numbers"));
    if (!set)
        throw SyntaxError(set.error().text);
    return *std::move(set);
}

SequenceSet Parser::seq_number()
{
    auto set = SequenceSet::parse(accept("*") ? std::string("*")
                                              : std::to_string(nz_number()));
    return *std::move(set); // of one number, or of the star, it is never refused
}

std::string Parser::keyword()
{
    const std::string_view name = atom();
    if (name.size() > Flags::max_keyword_length)
        throw SyntaxError("The keyword is too long");
    return std::string(name);
}

/// flag = "\Answered" / … / flag-keyword / flag-extension
void Parser::add_flag(Flags& flags)
{
    if (!accept("\\")) {
        if (!flags.add_keyword(keyword()))
            throw SyntaxError("There are too many keywords");
        return;
    }
    const std::string_view name = atom();
    for (const SystemFlag flag :
         {SystemFlag::Answered, SystemFlag::Flagged, SystemFlag::Deleted,
          SystemFlag::Seen, SystemFlag::Draft}) {
        if (text::equal_ignoring_case(name_of(flag).substr(1), name))
            flags.set(flag);
    }
    if (text::equal_ignoring_case(name, "Recent"))
        throw SyntaxError("A client cannot set the flag Recent");
}

Flags Parser::flags()
{
    Flags flags;
    const bool is_list = accept("(");
    if (is_list && accept(")"))
        return flags;
    add_flag(flags);
    while (accept(" "))
        add_flag(flags);
    if (is_list)
        expect(")");
    return flags;
}

Date Parser::date()
{
    const bool is_quoted = accept("\"");
    const auto date =
        parse_date(run([](char c) { return text::is_alnum(c) || c == '-'; }, "a date"));
    if (!date)
        throw SyntaxError(date.error().text);
    if (is_quoted)
        expect("\"");
    return *date;
}

DateTime Parser::date_time()
{
    expect("\"");
    const auto when =
        parse_date_time(run([](char c) { return c != '"'; }, "a date and time"));
    if (!when)
        throw SyntaxError(when.error().text);
    expect("\"");
    return *when;
}

std::vector<Number> Parser::section_part()
{
    std::vector<Number> path;
    do {
        if (path.size() == max_section_depth)
            throw SyntaxError("The section has too many numbers");
        path.push_back(nz_number());
        // Is the dot one before a number, or the one of `1.MIME`?
    } while (rest().size() > 1 && text::is_digit(rest()[1]) && accept("."));
    return path;
}

std::vector<std::string> Parser::header_list()
{
    std::vector<std::string> names;
    expect("(");
    do {
        if (names.size() == max_header_fields)
            throw SyntaxError("There are too many header fields");
        names.push_back(astring());
    } while (accept(" "));
    expect(")");
    return names;
}

Partial Parser::partial()
{
    Partial partial;
    expect("<");
    partial.offset = number64();
    expect(".");
    if (peek() == '0')
        fail("a number other than 0");
    partial.octets = number64();
    expect(">");
    return partial;
}

} // namespace imap
