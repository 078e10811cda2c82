// SPDX-License-Identifier: ISC
#include "mime/encoding.h"

#include <cstddef>
#include <utility>

#include "text/ascii.h"
#include "text/base64.h"

namespace mime {
namespace {

/// White space at the end of a line is held back until the line has ended. A run
/// longer than this, which no encoder writes, is given as it stands.
constexpr std::size_t max_held = 1024;

constexpr bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

} // namespace

base::Result<Decoder> Decoder::create(std::string_view encoding)
{
    const auto is = [encoding](std::string_view name) {
        return text::equal_ignoring_case(encoding, name);
    };
    if (encoding.empty() || is("7bit") || is("8bit") || is("binary"))
        return Decoder(Kind::Identity);
    if (is("quoted-printable"))
        return Decoder(Kind::QuotedPrintable);
    if (is("base64"))
        return Decoder(Kind::Base64);
    return base::Error{base::Errc::Unsupported, "unknown content transfer encoding"};
}

std::string Decoder::feed(std::string_view octets)
{
    switch (kind_) {
    case Kind::Base64:
        return feed_base64(octets);
    case Kind::QuotedPrintable:
        return feed_quoted_printable(octets);
    case Kind::Identity:
        break;
    }
    return std::string(octets);
}

std::string Decoder::finish()
{
    std::string out;
    if (kind_ == Kind::Base64) {
        if (digits_ == 1) // six bits are no octet
            damaged_ = true;
        if (digits_ > 1)
            out += static_cast<char>(bits_ >> (digits_ == 2 ? 4 : 10) & 0xFF);
        if (digits_ > 2)
            out += static_cast<char>(bits_ >> 2 & 0xFF);
    } else if (kind_ == Kind::QuotedPrintable && held_.starts_with('=')) {
        if (held_.size() > 1 && !is_blank(held_[1]) && held_[1] != '\r') {
            damaged_ = true;
            out = std::move(held_);
        }
    }
    bits_ = 0;
    digits_ = 0;
    padding_ = 0;
    held_.clear();
    return out;
}

std::string Decoder::feed_base64(std::string_view octets)
{
    std::string out;
    out.reserve(octets.size() / 4 * 3 + 3);
    for (const char c : octets) {
        const int value = text::base64_value(c);
        if (value < 0) {
            if (c == '=')
                end_quantum(out);
            else if (!text::is_space(c))
                damaged_ = true;
            continue;
        }
        if (padding_ > 0) { // what is joined from several encodings is read on
            damaged_ = true;
            padding_ = 0;
        }
        bits_ = bits_ << 6 | static_cast<std::uint32_t>(value);
        if (++digits_ < 4)
            continue;
        out += static_cast<char>(bits_ >> 16 & 0xFF);
        out += static_cast<char>(bits_ >> 8 & 0xFF);
        out += static_cast<char>(bits_ & 0xFF);
        bits_ = 0;
        digits_ = 0;
    }
    return out;
}

void Decoder::end_quantum(std::string& out)
{
    if (padding_ == 0) {
        if (digits_ < 2)
            damaged_ = true;
        // Two digits want two `=`, three want one; the first ends it.
        padding_ = digits_ == 2 ? 2 : 1;
        const auto bits = std::exchange(bits_, 0);
        const int digits = std::exchange(digits_, 0);
        if (digits > 1)
            out += static_cast<char>(bits >> (digits == 2 ? 4 : 10) & 0xFF);
        if (digits > 2)
            out += static_cast<char>(bits >> 2 & 0xFF);
        return;
    }
    if (padding_ == 1)
        damaged_ = true;
    else
        padding_ = 1;
}

std::string Decoder::feed_quoted_printable(std::string_view octets)
{
    std::string out;
    out.reserve(octets.size());
    for (const char c : octets) {
        if (!held_.empty() && resolve(out, c))
            continue;
        if (c == '=' || is_blank(c)) {
            held_ = c;
            continue;
        }
        if (text::is_8bit(c)) // passed on, but no encoder lets it stand
            damaged_ = true;
        out += c;
    }
    return out;
}

bool Decoder::resolve(std::string& out, char c)
{
    const bool escape = held_[0] == '=';
    const char last = held_.back();
    if (c == '\n') {
        if (!escape && last == '\r')
            out += '\r';
        if (escape && held_.size() > 1 && !is_blank(held_[1]) && held_[1] != '\r')
            return give_up(out); // "=4" and the line ends
        if (!escape)
            out += '\n'; // RFC 2045 §6.7 (3): white space before it goes
        held_.clear();
        return true;
    }
    if (escape && held_.size() == 2 && text::hex_value(last) >= 0 &&
        text::hex_value(c) >= 0) {
        out += static_cast<char>(text::hex_value(last) * 16 + text::hex_value(c));
        held_.clear();
        return true;
    }
    const bool hex = held_.size() == 1 && text::hex_value(c) >= 0;
    const bool blanks = is_blank(last) || (escape && held_.size() == 1);
    const bool more = (escape && hex) || (blanks && (is_blank(c) || c == '\r'));
    if (!more || held_.size() >= max_held)
        return give_up(out);
    held_ += c;
    return true;
}

bool Decoder::give_up(std::string& out)
{
    if (held_[0] == '=' || held_.size() >= max_held)
        damaged_ = true;
    out += held_;
    held_.clear();
    return false;
}

} // namespace mime
