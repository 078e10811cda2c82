// SPDX-License-Identifier: ISC
/// \file
/// The ASCII of protocols: letters, digits and case, whatever the locale says.
/// Octets past 0x7F are no letter, no digit, no space, and have no case.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace text {

constexpr char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr char to_upper(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
inline std::string to_lower(std::string_view s)
{
    std::string lower(s);
    for (char& c : lower)
        c = to_lower(c);
    return lower;
}
inline std::string to_upper(std::string_view s)
{
    std::string upper(s);
    for (char& c : upper)
        c = to_upper(c);
    return upper;
}

constexpr bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
constexpr bool is_alpha(char c)
{
    return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}
constexpr bool is_alnum(char c)
{
    return is_digit(c) || is_alpha(c);
}
/// Space, tab, CR, LF: what folding and linear white space are made of.
constexpr bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
/// The octets 0x00 to 0x1F and 0x7F.
constexpr bool is_control(char c)
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
constexpr bool is_8bit(char c)
{
    return static_cast<unsigned char>(c) >= 0x80;
}
/// The value of a hexadecimal digit of either case, or -1.
constexpr int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
}
constexpr bool starts_with_ignoring_case(std::string_view s, std::string_view prefix)
{
    return equal_ignoring_case(s.substr(0, prefix.size()), prefix);
}

/// `s` without the `is_space` octets at its front, at its back, at both ends.
constexpr std::string_view trim_front(std::string_view s)
{
    while (!s.empty() && is_space(s.front()))
        s.remove_prefix(1);
    return s;
}
constexpr std::string_view trim_back(std::string_view s)
{
    while (!s.empty() && is_space(s.back()))
        s.remove_suffix(1);
    return s;
}
constexpr std::string_view trim(std::string_view s)
{
    return trim_back(trim_front(s));
}

} // namespace text
