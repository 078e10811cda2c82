// SPDX-License-Identifier: ISC
#include "imap/writer.h"

#include <algorithm>

#include "text/ascii.h"
#include "text/utf8.h"

namespace imap {

bool is_atom(std::string_view text)
{
    return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
        return text::is_control(c) || text::is_8bit(c) ||
               std::string_view("(){ %*\"\\]").find(c) != std::string_view::npos;
    });
}

bool fits_quoted(std::string_view text, Quotable quotable)
{
    if (text.size() > max_quoted ||
        text.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos)
        return false;
    return quotable == Quotable::Utf8 ? text::valid_utf8(text) : text::is_ascii(text);
}

std::string quoted(std::string_view text)
{
    std::string wire = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            wire += '\\';
        wire += c;
    }
    return wire + '"';
}

std::string literal(std::string_view text)
{
    std::string wire = "{" + std::to_string(text.size()) + "}\r\n";
    const std::size_t start = wire.size();
    wire += text;
    std::replace(wire.begin() + static_cast<std::ptrdiff_t>(start), wire.end(), '\0',
                 '\x80');
    return wire;
}

std::string quoted_or_literal(std::string_view text, Quotable quotable)
{
    return fits_quoted(text, quotable) ? quoted(text) : literal(text);
}

std::string nstring(const std::optional<std::string>& text)
{
    return text ? quoted_or_literal(*text) : "NIL";
}

std::string astring(std::string_view text, Quotable quotable)
{
    if (is_atom(text) && !text::equal_ignoring_case(text, "NIL"))
        return std::string(text);
    return quoted_or_literal(text, quotable);
}

std::string response_text(std::string_view text)
{
    std::string fit(text.empty() ? "OK" : text);
    for (char& c : fit) {
        if (text::is_control(c))
            c = ' ';
        else if (text::is_8bit(c))
            c = '?';
    }
    return fit;
}

void Writer::untagged(std::string_view text)
{
    begin().raw(response_text(text)).end();
}

void Writer::tagged(std::string_view tag, std::string_view condition,
                    std::string_view text)
{
    raw(tag).space().raw(condition).space().raw(response_text(text)).end();
}

void Writer::continuation(std::string_view text)
{
    raw("+ ");
    if (!text.empty())
        raw(response_text(text));
    end();
}

Writer& Writer::begin()
{
    return raw("* ");
}

Writer& Writer::end()
{
    return raw("\r\n");
}

Writer& Writer::raw(std::string_view text)
{
    sink_->write(text);
    return *this;
}

Writer& Writer::number(std::uint64_t value)
{
    return raw(std::to_string(value));
}

Writer& Writer::literal_header(std::uint64_t octets)
{
    return raw("{" + std::to_string(octets) + "}\r\n");
}

Writer& Writer::literal8_header(std::uint64_t octets)
{
    return raw("~{" + std::to_string(octets) + "}\r\n");
}

} // namespace imap
