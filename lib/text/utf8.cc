// SPDX-License-Identifier: ISC
#include "text/utf8.h"

#include <algorithm>
#include <cstdint>

#include "text/ascii.h"

namespace text {
namespace {

constexpr CodePoint no_character = {replacement_character, 1, false};

} // namespace

CodePoint next_code_point(std::string_view s)
{
    const auto octet = [s](std::size_t i) {
        return static_cast<char32_t>(static_cast<unsigned char>(s[i]));
    };
    const char32_t first = octet(0);
    if (first < 0x80)
        return {first, 1, true};
    const std::size_t size = first < 0xC2   ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
    if (size == 0 || s.size() < size)
        return no_character;

    char32_t value = first & (0x7Fu >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((octet(i) & 0xC0) != 0x80)
            return no_character;
        value = value << 6 | (octet(i) & 0x3F);
    }
    const bool overlong =
        (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
    const bool surrogate = value >= 0xD800 && value < 0xE000;
    if (overlong || surrogate || value > 0x10FFFF)
        return no_character;
    return {value, size, true};
}

void append_code_point(std::string& s, char32_t code_point)
{
    const auto put = [&s](char32_t octet) { s += static_cast<char>(octet); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | code_point >> 6);
        put(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        put(0xE0 | code_point >> 12);
        put(0x80 | (code_point >> 6 & 0x3F));
        put(0x80 | (code_point & 0x3F));
    } else {
        put(0xF0 | code_point >> 18);
        put(0x80 | (code_point >> 12 & 0x3F));
        put(0x80 | (code_point >> 6 & 0x3F));
        put(0x80 | (code_point & 0x3F));
    }
}

bool is_ascii(std::string_view s)
{
    return std::none_of(s.begin(), s.end(), is_8bit);
}

bool valid_utf8(std::string_view s)
{
    while (!s.empty()) {
        const CodePoint next = next_code_point(s);
        if (!next.valid)
            return false;
        s.remove_prefix(next.size);
    }
    return true;
}

std::string repair_utf8(std::string_view s)
{
    std::string out;
    out.reserve(s.size());
    while (!s.empty()) {
        const CodePoint next = next_code_point(s);
        if (next.valid)
            out += s.substr(0, next.size);
        else
            out += replacement_utf8;
        s.remove_prefix(next.size);
    }
    return out;
}

} // namespace text
