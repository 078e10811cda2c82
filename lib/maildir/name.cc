// SPDX-License-Identifier: ISC
#include "maildir/name.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <unistd.h>

#include "text/ascii.h"

namespace maildir {
namespace {

constexpr std::string_view system_letters = "DFPRST";
constexpr std::size_t max_host = 64;

/// The decimal number that `text` begins with; none if it begins with no digit or
/// the number is too large. The digits are taken off `text`.
std::optional<std::uint64_t> take_number(std::string_view& text)
{
    std::uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc())
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

/// The number of the extra field `key` (",S=") of a base name.
std::optional<std::uint64_t> extra_number(std::string_view base, std::string_view key)
{
    const auto at = base.find(key);
    if (at == std::string_view::npos)
        return std::nullopt;
    std::string_view value = base.substr(at + key.size());
    const auto number = take_number(value);
    if (!number || (!value.empty() && value.front() != ','))
        return std::nullopt;
    return number;
}

/// Sorts the flag letters of a name into what they are.
void take_letters(std::string_view letters, Name& name)
{
    for (const char c : letters) {
        const auto system = system_letters.find(c);
        if (system != std::string_view::npos)
            name.flags = static_cast<Flags>(name.flags | (1U << system));
        else if (c >= 'a' && c <= 'z')
            name.keywords |= KeywordBits{1} << (c - 'a');
        else
            name.letters += c;
    }
    std::sort(name.letters.begin(), name.letters.end());
}

/// All sixteen digits.
std::string to_hex(std::uint64_t number)
{
    std::string digits(16, '0');
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, number >>= 4)
        *digit = "0123456789abcdef"[number & 0xf];
    return digits;
}

/// What replaces one octet of a host name so that it can stand in a base name.
std::string safe_in_base(char c)
{
    switch (c) {
    case '/':
        return "\\057";
    case ':':
        return "\\072";
    case ',':
        return "\\054";
    default:
        break;
    }
    // `;2,` and `!2,` can only come from these two, as the comma is gone.
    if (text::is_control(c) || text::is_space(c) || text::is_8bit(c))
        return "_";
    return std::string(1, c);
}

} // namespace

std::string_view base_of(std::string_view file_name)
{
    for (std::size_t at = 0; at < file_name.size(); ++at) {
        const char c = file_name[at];
        if (c == ':' || ((c == ';' || c == '!') && file_name.substr(at + 1, 2) == "2,"))
            return file_name.substr(0, at);
    }
    return file_name;
}

Name Name::parse(std::string_view file_name)
{
    Name name;
    name.base = base_of(file_name);
    std::string_view info = file_name.substr(name.base.size());
    if (info.empty())
        return name;

    auto at = info.rfind(":2,");
    if (at == std::string_view::npos) {
        if (info.front() == ':' || info.find(':') != std::string_view::npos) {
            name.other = info;
            return name;
        }
        name.separator = info.front();
        at = 0;
    }
    name.other = info.substr(0, at);
    name.has_info = true;
    info.remove_prefix(at + 3);
    const auto comma = std::min(info.find(','), info.size());
    take_letters(info.substr(0, comma), name);
    name.rest = info.substr(comma);
    return name;
}

std::string Name::to_text() const
{
    std::string file_name = base + other;
    if (!has_info && flags == 0 && keywords == 0 && letters.empty() && rest.empty())
        return file_name;

    std::string all = letters;
    for (std::size_t i = 0; i < system_letters.size(); ++i) {
        if ((flags >> i) & 1U)
            all += system_letters[i];
    }
    for (unsigned i = 0; i < max_keywords; ++i) {
        if ((keywords >> i) & 1U)
            all += static_cast<char>('a' + i);
    }
    std::sort(all.begin(), all.end());
    file_name += separator;
    file_name += "2,";
    return file_name + all + rest;
}

Name Name::with(Flags new_flags, KeywordBits new_keywords) const
{
    Name changed = *this;
    changed.has_info = true;
    changed.flags = new_flags;
    changed.keywords = new_keywords;
    return changed;
}

std::optional<std::uint64_t> Name::size() const
{
    return extra_number(base, ",S=");
}

std::optional<std::uint64_t> Name::wire_size() const
{
    return extra_number(base, ",W=");
}

std::optional<std::int64_t> delivered_at(std::string_view file_name)
{
    // What is past the year 9999 has no form in IMAP, and is no time either.
    constexpr std::uint64_t last = 253'402'300'799;
    const std::uint64_t seconds = order_of(file_name).seconds;
    if (seconds == 0 || seconds > last)
        return std::nullopt;
    return static_cast<std::int64_t>(seconds);
}

std::optional<std::uint64_t> size_in(std::string_view file_name)
{
    return extra_number(base_of(file_name), ",S=");
}

std::optional<std::uint64_t> wire_size_in(std::string_view file_name)
{
    return extra_number(base_of(file_name), ",W=");
}

Order order_of(std::string_view file_name)
{
    Order order;
    std::string_view left = base_of(file_name);
    order.base = left;
    order.seconds = take_number(left).value_or(0);
    if (left.empty() || left.front() != '.')
        return order;
    left.remove_prefix(1);

    // The unique part as in maildir(5): a letter and a number, again and again. The
    // numbers after I, R and V are hexadecimal; none of the letters is a digit.
    while (!left.empty() && text::is_alpha(left.front())) {
        const char letter = left.front();
        left.remove_prefix(1);
        std::string_view digits = left;
        const auto value = take_number(digits);
        if (letter == 'M')
            order.microseconds = value.value_or(0);
        else if (letter == 'Q')
            order.counter = value.value_or(0);
        while (!left.empty() && text::hex_value(left.front()) >= 0)
            left.remove_prefix(1);
    }
    return order;
}

std::string fresh_base(const base::Clock& clock, base::Random& random,
                       std::string_view host, std::uint64_t counter)
{
    const std::int64_t now = clock.wall_us();
    std::string base = std::to_string(now / 1'000'000);
    base += ".M" + std::to_string(now % 1'000'000);
    base += "P" + std::to_string(::getpid());
    base += "Q" + std::to_string(counter);
    base += "R" + to_hex(random.number());
    base += '.';
    if (host.empty())
        host = "localhost";
    for (const char c : host.substr(0, max_host))
        base += safe_in_base(c);
    return base;
}

std::string with_sizes(std::string_view base, std::uint64_t size,
                       std::uint64_t wire_size)
{
    return std::string(base) + ",S=" + std::to_string(size) +
           ",W=" + std::to_string(wire_size);
}

std::string host_name()
{
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0)
        return "localhost";
    return name.data();
}

} // namespace maildir
