// SPDX-License-Identifier: ISC
#include "config/key.h"

#include <limits>
#include <utility>

#include "config/kinds.h"

namespace config {

using base::Done;
using base::Status;

namespace {

constexpr std::uint64_t most_messages = std::numeric_limits<std::uint32_t>::max();
/// All of it is held in memory.
constexpr std::uint64_t most_command = 256 << 20;
/// RFC 9051 §4.3: a literal has up to 2^32-1 octets, or 2^63-1.
constexpr std::uint64_t most_literal = std::numeric_limits<std::uint32_t>::max();

Status read_paths(std::string_view text, std::vector<std::string>& into)
{
    std::vector<std::string> paths;
    for (const std::string_view word : words(text)) {
        if (auto done = read_path(word, paths.emplace_back()); !done)
            return done;
    }
    into = std::move(paths);
    return Done{};
}

/// A path with variables, as auth/location.h expands it.
Status read_pattern(std::string_view text, std::string& into)
{
    for (std::size_t at = text.find('%'); at != std::string_view::npos;
         at = text.find('%', at + 2)) {
        if (at + 1 == text.size() ||
            std::string_view("undh%").find(text[at + 1]) == std::string_view::npos)
            return wrong("\"" + std::string(text.substr(at, 2)) +
                         "\" is no variable; write %u, %n, %d, %h, or %% for a "
                         "percent sign");
    }
    constexpr std::string_view prefix = "maildir:";
    const std::string_view path =
        text.starts_with(prefix) ? text.substr(prefix.size()) : text;
    if (!path.empty() && path.front() != '/' && path != "~" &&
        !path.starts_with("~/") && !path.starts_with("%h"))
        return wrong("\"" + std::string(text) +
                     "\" is not absolute; write a path that begins with \"/\", \"~/\" "
                     "or \"%h\"");
    into = text;
    return Done{};
}

Status read_location(std::string_view text, std::string& into)
{
    if (text.empty())
        return wrong("is empty; write a path such as ~/Maildir");
    return read_pattern(text, into);
}

struct Separator {
    static Status read(std::string_view text, char& into)
    {
        if (text != "." && text != "/")
            return wrong("\"" + std::string(text) + "\" cannot be one; write . or /");
        into = text.front();
        return Done{};
    }
    static std::string written(char value) { return std::string(1, value); }
};

/// A mailbox's name. Whether it fits the separator is seen where it is used.
Status read_mailbox(std::string_view text, std::string& into)
{
    if (is_among(text, {"INBOX"}))
        return wrong("INBOX has no other use; write another name");
    const auto is_separator = [](char c) { return c == '.' || c == '/'; };
    bool is_bad = text.find_first_of("*%") != std::string_view::npos;
    char before = '.';
    for (const char c : text) {
        const bool is_control = (c >= '\0' && c < ' ') || c == '\x7f';
        is_bad |= is_control || (is_separator(c) && is_separator(before));
        before = c;
    }
    if (is_bad || (!text.empty() && is_separator(before)))
        return wrong("\"" + std::string(text) +
                     "\" cannot be a mailbox; write a name such as Sent, "
                     "without * and %");
    into = text;
    return Done{};
}

/// 0 is no bound. What a session needs at all fits into the least there is.
struct Memory : Size<0, most_octets> {
    static Status read(std::string_view text, std::uint64_t& into)
    {
        constexpr std::uint64_t least = 64 << 20;
        std::uint64_t octets = 0;
        if (auto done = Size::read(text, octets); !done)
            return done;
        if (octets != 0 && octets < least)
            return wrong("\"" + std::string(text) +
                         "\" is too little; write 0 (no bound), or at least 64M");
        into = octets;
        return Done{};
    }
};

/// Networks, or nothing.
struct NetworkList {
    static Status read(std::string_view text, Networks& into)
    {
        if (text.empty()) {
            into = {};
            return Done{};
        }
        auto networks = Networks::parse(text);
        if (!networks)
            return wrong(networks.error().text +
                         "; write such as 192.0.2.0/24 2001:db8::/32");
        into = std::move(*networks);
        return Done{};
    }
    static std::string written(const Networks& value) { return value.to_text(); }
};

constexpr Key keys[] = {
    row<&Settings::mail, &Settings::Mail::location, Text<read_location>>("mail",
                                                                         "location"),
    row<&Settings::mail, &Settings::Mail::user, Text<read_name>>("mail", "user"),
    row<&Settings::mail, &Settings::Mail::separator, Separator>("mail", "separator"),
    row<&Settings::mail, &Settings::Mail::linked, List<read_paths>>("mail", "linked"),
    row<&Settings::mail, &Settings::Mail::attachment_keywords, Word<yes_no>>(
        "mail", "attachment-keywords"),
    row<&Settings::mailboxes, &Settings::Mailboxes::drafts, Text<read_mailbox>>(
        "mailboxes", "drafts"),
    row<&Settings::mailboxes, &Settings::Mailboxes::sent, Text<read_mailbox>>(
        "mailboxes", "sent"),
    row<&Settings::mailboxes, &Settings::Mailboxes::junk, Text<read_mailbox>>(
        "mailboxes", "junk"),
    row<&Settings::mailboxes, &Settings::Mailboxes::trash, Text<read_mailbox>>(
        "mailboxes", "trash"),
    row<&Settings::mailboxes, &Settings::Mailboxes::archive, Text<read_mailbox>>(
        "mailboxes", "archive"),
    row<&Settings::index, &Settings::Index::directory, Text<read_pattern>>("index",
                                                                           "directory"),
    row<&Settings::quota, &Settings::Quota::storage, OrZero<Size<0, most_octets>>>(
        "quota", "storage"),
    row<&Settings::quota, &Settings::Quota::messages, OrZero<Number<0, most_messages>>>(
        "quota", "messages"),
    row<&Settings::limits, &Settings::Limits::connections_per_user,
        Number<1, 1'000'000>>("limits", "connections-per-user"),
    row<&Settings::limits, &Settings::Limits::connections_per_address,
        Number<1, 1'000'000>>("limits", "connections-per-address"),
    row<&Settings::limits, &Settings::Limits::connections_before_login,
        Number<1, 1'000'000>>("limits", "connections-before-login"),
    row<&Settings::limits, &Settings::Limits::ipv6_prefix, Number<1, 128>>(
        "limits", "ipv6-prefix"),
    row<&Settings::limits, &Settings::Limits::trusted, NetworkList>("limits",
                                                                    "trusted"),
    row<&Settings::limits, &Settings::Limits::failure_delay, Time<0, 3600>>(
        "limits", "failure-delay"),
    row<&Settings::limits, &Settings::Limits::failure_delay_most, Time<0, 3600>>(
        "limits", "failure-delay-most"),
    row<&Settings::limits, &Settings::Limits::password_checks, Number<0, 1024>>(
        "limits", "password-checks"),
    row<&Settings::limits, &Settings::Limits::command, Size<8192, most_command>>(
        "limits", "command"),
    row<&Settings::limits, &Settings::Limits::argument, Size<1024, most_command>>(
        "limits", "argument"),
    row<&Settings::limits, &Settings::Limits::mailboxes, Number<10, 1'000'000>>(
        "limits", "mailboxes"),
    row<&Settings::limits, &Settings::Limits::literal, Size<1024, most_literal>>(
        "limits", "literal"),
    row<&Settings::limits, &Settings::Limits::session_memory, Memory>("limits",
                                                                      "session-memory"),
    row<&Settings::limits, &Settings::Limits::login_time, Time<1, 86400>>("limits",
                                                                          "login-time"),
    row<&Settings::limits, &Settings::Limits::idle_time, Time<1, 86400>>("limits",
                                                                         "idle-time"),
};

} // namespace

std::span<const Key> mail_keys()
{
    return keys;
}

} // namespace config
