// SPDX-License-Identifier: ISC
/// \file
/// Responses in wire form.
///
/// RFC 9051 §7 and §9, RFC 3501 §9 where it is the stricter one: no 8-bit octet in a
/// response text, and none in a quoted string until the client has said that it may.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "imap/flags.h"

namespace imap {

/// Where the octets go: the session's output, or a test's string.
struct ByteSink {
    virtual ~ByteSink() = default;
    virtual void write(std::string_view octets) = 0;
};

/// A longer string is written as a literal. Unit: octets.
inline constexpr std::size_t max_quoted = 1024;

// The forms of a string, for those who make wire text in memory to keep it.

/// What may stand between quotes beyond US-ASCII: UTF-8 only for a client that has
/// enabled it (RFC 9051 §4.3, RFC 6855 §3).
enum class Quotable { Ascii, Utf8 };

bool is_atom(std::string_view text);
/// Whether `text` can stand between quotes: no NUL, CR, LF, `max_quoted`.
bool fits_quoted(std::string_view text, Quotable quotable = Quotable::Ascii);
/// `text` in quotes, `"` and `\` escaped. The caller knows that it fits.
std::string quoted(std::string_view text);
/// `{n}` CRLF and the octets, NULs replaced by 0x80: RFC 9051 §9, `CHAR8`.
std::string literal(std::string_view text);
/// `quoted` if it fits, else `literal`: `string` of the grammar.
std::string quoted_or_literal(std::string_view text,
                              Quotable quotable = Quotable::Ascii);
/// The same, or NIL.
std::string nstring(const std::optional<std::string>& text);
/// An atom if `text` is one (and not NIL), else `quoted_or_literal`: `astring`.
std::string astring(std::string_view text, Quotable quotable = Quotable::Ascii);
/// `text` made fit for the human part of a response: control characters become
/// spaces, 8-bit octets `?`, the empty text becomes "OK" since the grammar wants one.
std::string response_text(std::string_view text);

/// Writes responses, piece by piece or by the line. It holds nothing back and keeps
/// no count of parentheses.
class Writer {
public:
    explicit Writer(ByteSink& sink) : sink_(&sink) {}

    /// From now on strings and names are quoted in UTF-8 where they are in it.
    void quote_utf8() { quotable_ = Quotable::Utf8; }

    // Whole lines. `text` may begin with a response code; it goes through
    // `response_text`.

    /// `* text`
    void untagged(std::string_view text);
    /// `tag OK text`
    void tagged(std::string_view tag, std::string_view condition,
                std::string_view text);
    /// `+ text`: SASL challenges, IDLE. An empty text is allowed here: `+ `.
    void continuation(std::string_view text);

    // Pieces of a line, to be chained.

    /// `* `
    Writer& begin();
    /// CRLF
    Writer& end();
    /// As it is: atoms, parentheses, spaces, cached wire forms.
    Writer& raw(std::string_view text);
    Writer& space() { return raw(" "); }
    Writer& number(std::uint64_t value);
    Writer& string(std::string_view text)
    {
        return raw(quoted_or_literal(text, quotable_));
    }
    Writer& nstring(const std::optional<std::string>& text)
    {
        return text ? string(*text) : raw("NIL");
    }
    Writer& astring(std::string_view text)
    {
        return raw(imap::astring(text, quotable_));
    }
    Writer& flags(const Flags& flags) { return raw(flags.to_text()); }
    /// A mailbox name in its wire form (modified UTF-7, or UTF-8 once it is enabled).
    Writer& mailbox(std::string_view wire_name) { return astring(wire_name); }
    /// `{octets}` CRLF; exactly so many octets must follow by `raw`.
    Writer& literal_header(std::uint64_t octets);
    /// `~{octets}` CRLF
    Writer& literal8_header(std::uint64_t octets);

private:
    ByteSink* sink_;
    Quotable quotable_ = Quotable::Ascii;
};

} // namespace imap
