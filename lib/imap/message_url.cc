// SPDX-License-Identifier: ISC
#include "imap/message_url.h"

#include <limits>

#include "text/ascii.h"
#include "text/utf8.h"

namespace imap {

using base::Errc;
using base::Error;

namespace {

Error not_a_url(const char* why)
{
    return Error{Errc::Syntax, why};
}

int hex_digit(char c)
{
    if (text::is_digit(c))
        return c - '0';
    const char lower = text::to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Undoes `%XX`. Nothing if there is a broken one, or an octet that must not stand in
/// a URL as it is (RFC 3986 §2).
std::optional<std::string> unescaped(std::string_view text)
{
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c != '%') {
            if (text::is_control(c) || text::is_8bit(c) ||
                std::string_view(" \"<>\\^`{|}#").find(c) != std::string_view::npos)
                return std::nullopt;
            plain += c;
            continue;
        }
        if (at + 2 >= text.size())
            return std::nullopt;
        const int high = hex_digit(text[at + 1]);
        const int low = hex_digit(text[at + 2]);
        if (high < 0 || low < 0)
            return std::nullopt;
        plain += static_cast<char>(high * 16 + low);
        at += 2;
    }
    // Neither a mailbox nor a section has these, however they are written.
    if (plain.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos)
        return std::nullopt;
    return plain;
}

std::optional<std::uint64_t> number_in(std::string_view text, std::uint64_t largest)
{
    if (text.empty())
        return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text) {
        if (!text::is_digit(c))
            return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (value > (largest - digit) / 10)
            return std::nullopt;
        value = value * 10 + digit;
    }
    return value;
}

std::optional<std::uint32_t> nz_number_in(std::string_view text)
{
    const auto value = number_in(text, std::numeric_limits<std::uint32_t>::max());
    if (!value || *value == 0)
        return std::nullopt;
    return static_cast<std::uint32_t>(*value);
}

/// Takes `;NAME=` off the front, in any case.
bool take_name(std::string_view& text, std::string_view name)
{
    if (!text::starts_with_ignoring_case(text, name))
        return false;
    text.remove_prefix(name.size());
    return true;
}

/// What stands before the next `/;`, taken off.
std::string_view take_segment(std::string_view& text)
{
    const std::size_t end = std::min(text.find("/;"), text.size());
    const std::string_view segment = text.substr(0, end);
    text.remove_prefix(end);
    return segment;
}

/// enc-mailbox [";UIDVALIDITY=" nz-number]
base::Status parse_mailbox(std::string_view text, MessageUrl& url)
{
    std::size_t at = std::string_view::npos;
    for (std::size_t semicolon = text.find(';'); semicolon != std::string_view::npos;
         semicolon = text.find(';', semicolon + 1)) {
        std::string_view rest = text.substr(semicolon);
        if (!take_name(rest, ";UIDVALIDITY="))
            return not_a_url("A parameter of the mailbox is not known");
        url.uid_validity = nz_number_in(rest);
        if (!url.uid_validity)
            return not_a_url("The UIDVALIDITY is no number");
        at = semicolon;
        break;
    }
    auto mailbox = unescaped(text.substr(0, at));
    if (!mailbox || mailbox->empty() || !text::valid_utf8(*mailbox))
        return not_a_url("The mailbox name is not well-formed");
    url.has_mailbox = true;
    url.mailbox = std::move(*mailbox);
    return base::Done{};
}

/// partial-range = number ["." nz-number]
base::Status parse_partial(std::string_view text, MessageUrl& url)
{
    constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();
    const std::size_t dot = text.find('.');
    url.offset = number_in(text.substr(0, dot), largest);
    if (!url.offset)
        return not_a_url("The partial range is no range");
    if (dot == std::string_view::npos)
        return base::Done{};
    url.octets = number_in(text.substr(dot + 1), largest);
    if (!url.octets || *url.octets == 0)
        return not_a_url("The partial range is no range");
    return base::Done{};
}

} // namespace

base::Result<MessageUrl> MessageUrl::parse(std::string_view text)
{
    if (text.size() > max_octets)
        return Error{Errc::Limit, "The URL is too long"};
    if (text.starts_with("//") || text::starts_with_ignoring_case(text, "imap:") ||
        text::starts_with_ignoring_case(text, "imaps:"))
        return Error{Errc::Unsupported, "Only relative URLs are taken"};
    MessageUrl url;
    if (text.starts_with("/;")) {
        text.remove_prefix(1);
    } else if (!text.starts_with(';')) {
        if (!text.starts_with('/'))
            return Error{Errc::Unsupported,
                         "Only URLs with an absolute path are taken"};
        text.remove_prefix(1);
        if (auto done = parse_mailbox(take_segment(text), url); !done)
            return done.error();
        if (!text.starts_with('/'))
            return not_a_url("There is no UID");
        text.remove_prefix(1);
    }
    if (!take_name(text, ";UID="))
        return not_a_url("There is no UID");
    const auto uid = nz_number_in(take_segment(text));
    if (!uid)
        return not_a_url("The UID is no number");
    url.uid = *uid;
    if (take_name(text, "/;SECTION=")) {
        auto section = unescaped(take_segment(text));
        if (!section || section->empty())
            return not_a_url("The section is not well-formed");
        url.section = std::move(*section);
    }
    if (take_name(text, "/;PARTIAL=")) {
        if (auto done = parse_partial(take_segment(text), url); !done)
            return done.error();
    }
    if (!text.empty())
        return not_a_url("There is more than a message and a section");
    return url;
}

} // namespace imap
