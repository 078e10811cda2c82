// SPDX-License-Identifier: ISC
#include "config/values.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <system_error>

namespace config {

using base::Errc;
using base::Error;
using base::Result;

namespace {

struct Unit {
    char letter;
    std::uint64_t factor;
};

constexpr Unit size_units[] = {{'G', 1 << 30}, {'M', 1 << 20}, {'K', 1 << 10}};
constexpr Unit time_units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};

/// Digits alone; nothing for anything else, and for what does not fit.
std::optional<std::uint64_t> digits(std::string_view text)
{
    std::uint64_t value = 0;
    const auto [end, failure] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || failure != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::string with_unit(std::uint64_t value, std::span<const Unit> units)
{
    for (const Unit& unit : units) {
        if (value != 0 && value % unit.factor == 0)
            return std::to_string(value / unit.factor) + unit.letter;
    }
    return std::to_string(value);
}

Result<std::uint64_t> parse_with_unit(std::string_view text,
                                      std::span<const Unit> units, std::uint64_t least,
                                      std::uint64_t most, std::string_view right)
{
    const auto refuse = [&](std::string_view why) {
        return Error{Errc::Syntax,
                     "\"" + std::string(text) + "\" " + std::string(why) + "; write " +
                         std::string(right) + ", from " + with_unit(least, units) +
                         " to " + with_unit(most, units),
                     0};
    };
    std::uint64_t factor = 1;
    std::string_view number = text;
    for (const Unit& unit : units) {
        const char last = text.empty() ? '\0' : text.back();
        if (last == unit.letter || (last | 0x20) == (unit.letter | 0x20)) {
            factor = unit.factor;
            number.remove_suffix(1);
            break;
        }
    }
    const auto value = digits(number);
    if (!value)
        return refuse("cannot be read");
    if (*value > most / factor)
        return refuse("is too large");
    if (*value * factor < least)
        return refuse("is too small");
    return *value * factor;
}

} // namespace

Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t least,
                                   std::uint64_t most)
{
    return parse_with_unit(text, {}, least, most, "a number");
}

Result<std::uint64_t> parse_size(std::string_view text, std::uint64_t least,
                                 std::uint64_t most)
{
    return parse_with_unit(text, size_units, least, most,
                           "a size such as 500K, 64M or 1G");
}

Result<std::int64_t> parse_time(std::string_view text, std::int64_t least,
                                std::int64_t most)
{
    const auto seconds = parse_with_unit(
        text, time_units, static_cast<std::uint64_t>(least),
        static_cast<std::uint64_t>(most), "a time such as 90s, 30m or 1h");
    if (!seconds)
        return seconds.error();
    return static_cast<std::int64_t>(*seconds);
}

std::string size_to_text(std::uint64_t octets)
{
    return with_unit(octets, size_units);
}

std::string time_to_text(std::int64_t seconds)
{
    return with_unit(static_cast<std::uint64_t>(seconds), time_units);
}

std::vector<std::string_view> words(std::string_view text)
{
    constexpr std::string_view separators = " \t,";
    std::vector<std::string_view> found;
    for (;;) {
        const std::size_t start = text.find_first_not_of(separators);
        if (start == std::string_view::npos)
            return found;
        text.remove_prefix(start);
        const std::size_t end = std::min(text.find_first_of(separators), text.size());
        found.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

bool is_among(std::string_view word, const std::vector<std::string>& among)
{
    const auto upper = [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    };
    const auto is_same = [&](const std::string& other) {
        return std::equal(word.begin(), word.end(), other.begin(), other.end(),
                          [&](char a, char b) { return upper(a) == upper(b); });
    };
    return std::any_of(among.begin(), among.end(), is_same);
}

} // namespace config
