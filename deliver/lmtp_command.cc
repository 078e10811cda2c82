// SPDX-License-Identifier: ISC
#include "deliver/lmtp_command.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "text/ascii.h"

namespace deliver {
namespace {

base::Error wrong(const char* text)
{
    return {base::Errc::Syntax, text, 0};
}

std::string in_capitals(std::string_view text)
{
    std::string capitals(text);
    for (char& c : capitals)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return capitals;
}

void skip_spaces(std::string_view& text)
{
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
}

/// The address that `text` begins with, up to its `>`, which is taken off with it.
/// A quoted local part loses its quotes and backslashes: what is left is the user.
base::Result<std::string> take_address(std::string_view& text)
{
    if (text.starts_with('@')) { // @a,@b:ann@c
        const auto colon = text.find(':');
        if (colon == text.npos || colon > text.find('>'))
            return wrong("a source route without its end");
        text.remove_prefix(colon + 1);
    }
    std::string address;
    bool quoted = false;
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        if (!quoted && c == '>')
            return address;
        if (text::is_control(c) || (!quoted && (c == ' ' || c == '<')))
            break;
        if (c == '"') {
            if (!quoted && !address.empty())
                break; // RFC 5321 §4.1.2: all of the local part, or nothing of it
            if (quoted && !text.starts_with('@') && !text.starts_with('>'))
                break;
            quoted = !quoted;
            continue;
        }
        if (quoted && c == '\\') {
            if (text.empty() || text::is_control(text.front()))
                break;
            address += text.front();
            text.remove_prefix(1);
            continue;
        }
        address += c;
    }
    return wrong("an address that is none");
}

} // namespace

LmtpCommand split_command(std::string_view line)
{
    const auto end = std::min(line.find(' '), line.size());
    return {in_capitals(line.substr(0, end)),
            line.substr(std::min(end + 1, line.size()))};
}

base::Result<LmtpPath> parse_path(std::string_view rest, std::string_view prefix)
{
    if (rest.size() < prefix.size() ||
        !text::equal_ignoring_case(rest.substr(0, prefix.size()), prefix))
        return wrong("no address");
    rest.remove_prefix(prefix.size());
    skip_spaces(rest);
    if (!rest.starts_with('<'))
        return wrong("an address without angle brackets");
    rest.remove_prefix(1);
    auto address = take_address(rest);
    if (!address)
        return address.error();
    LmtpPath path{std::move(*address), {}};
    while (!rest.empty()) {
        if (rest.front() != ' ')
            return wrong("no space before a parameter");
        skip_spaces(rest);
        const auto word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(word.size());
        if (word.empty())
            break; // spaces at the end
        const auto equals = std::min(word.find('='), word.size());
        path.parameters.push_back(
            {in_capitals(word.substr(0, equals)),
             std::string(word.substr(std::min(equals + 1, word.size())))});
    }
    return path;
}

base::Result<LmtpChunk> parse_chunk(std::string_view rest)
{
    const auto number = rest.substr(0, rest.find(' '));
    const auto octets = parse_octets(number);
    if (!octets)
        return wrong("no number of octets");
    rest.remove_prefix(number.size());
    skip_spaces(rest);
    if (!rest.empty() && !text::equal_ignoring_case(rest, "LAST"))
        return wrong("what follows the number is not LAST");
    return LmtpChunk{*octets, !rest.empty()};
}

std::optional<std::uint64_t> parse_octets(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, failure] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.front() == '-' || failure != std::errc() ||
        end != text.data() + text.size())
        return std::nullopt;
    return static_cast<std::uint64_t>(value);
}

} // namespace deliver
