// SPDX-License-Identifier: ISC
#include "text/utf7.h"

#include <cstdint>

#include "text/base64.h"
#include "text/utf8.h"

namespace text {
namespace {

/// Printable ASCII stands for itself; `&` does too, but spelled `&-`.
constexpr bool is_direct(char32_t c)
{
    return c >= 0x20 && c <= 0x7E;
}

constexpr char digit(std::uint32_t value)
{
    return value == 63 ? ',' : base64_alphabet[value];
}

constexpr int digit_value(char c)
{
    return c == ',' ? 63 : c == '/' ? -1 : base64_value(c);
}

/// UTF-16 in base64 between `&` and `-`, opened and closed as needed.
class Shift {
public:
    explicit Shift(std::string& out) : out_(out) {}

    void put(char32_t c)
    {
        if (!open_)
            out_ += '&';
        open_ = true;
        if (c >= 0x10000) {
            unit(0xD800 + ((c - 0x10000) >> 10));
            unit(0xDC00 + ((c - 0x10000) & 0x3FF));
        } else {
            unit(c);
        }
    }
    void close()
    {
        if (!open_)
            return;
        if (held_ > 0)
            out_ += digit(bits_ << (6 - held_) & 63);
        out_ += '-';
        open_ = false;
        bits_ = 0;
        held_ = 0;
    }

private:
    void unit(std::uint32_t value)
    {
        bits_ = bits_ << 16 | value;
        held_ += 16;
        while (held_ >= 6) {
            held_ -= 6;
            out_ += digit(bits_ >> held_ & 63);
        }
        bits_ &= (1u << held_) - 1;
    }

    std::string& out_;
    bool open_ = false;
    std::uint32_t bits_ = 0;
    unsigned held_ = 0;
};

base::Error refused(const char* why)
{
    return {base::Errc::Syntax, std::string("not modified UTF-7: ") + why};
}

/// The characters between `&` and `-`, checked for being what Shift writes.
base::Result<std::string> shifted(std::string_view digits)
{
    std::string out;
    std::uint32_t bits = 0;
    unsigned held = 0;
    char32_t high = 0; // a surrogate that waits for its other half
    for (const char c : digits) {
        const int value = digit_value(c);
        if (value < 0)
            return refused("a character that is no digit");
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held < 16)
            continue;
        held -= 16;
        const char32_t unit = bits >> held & 0xFFFF;
        bits &= (1u << held) - 1;
        const bool is_low = unit >= 0xDC00 && unit < 0xE000;
        if (is_low != (high != 0))
            return refused("a lone surrogate");
        if (unit >= 0xD800 && unit < 0xDC00) {
            high = unit;
            continue;
        }
        if (is_direct(unit))
            return refused("something encoded that stands for itself");
        append_code_point(out, high == 0 ? unit
                                         : 0x10000 + ((high - 0xD800) << 10) +
                                               (unit - 0xDC00));
        high = 0;
    }
    if (high != 0)
        return refused("a lone surrogate");
    if (held >= 6 || bits != 0 || out.empty())
        return refused("bits left over");
    return out;
}

} // namespace

base::Result<std::string> utf7_encode(std::string_view utf8)
{
    std::string out;
    Shift shift(out);
    while (!utf8.empty()) {
        const CodePoint next = next_code_point(utf8);
        if (!next.valid)
            return base::Error{base::Errc::Syntax, "not UTF-8"};
        utf8.remove_prefix(next.size);
        if (!is_direct(next.value)) {
            shift.put(next.value);
            continue;
        }
        shift.close();
        out += static_cast<char>(next.value);
        if (next.value == '&')
            out += '-';
    }
    shift.close();
    return out;
}

base::Result<std::string> utf7_decode(std::string_view utf7)
{
    std::string out;
    bool after_shift = false;
    while (!utf7.empty()) {
        const char c = utf7.front();
        utf7.remove_prefix(1);
        if (!is_direct(static_cast<unsigned char>(c)))
            return refused("an octet outside printable ASCII");
        if (c != '&') {
            out += c;
            after_shift = false;
            continue;
        }
        const std::size_t end = utf7.find('-');
        if (end == std::string_view::npos)
            return refused("a shift without an end");
        if (end == 0) {
            out += '&';
            after_shift = false;
        } else {
            if (after_shift)
                return refused("two shifts where one would do");
            const auto text = shifted(utf7.substr(0, end));
            if (!text)
                return text.error();
            out += *text;
            after_shift = true;
        }
        utf7.remove_prefix(end + 1);
    }
    return out;
}

} // namespace text
