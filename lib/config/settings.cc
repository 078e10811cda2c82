// SPDX-License-Identifier: ISC
/// \file
/// The table of keys: what each holds, how it is read and how it is written.
#include "config/settings.h"

#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <span>

#include "config/deliver_keys.h"
#include "config/ini_file.h"
#include "config/key.h"
#include "config/text_file.h"
#include "config/values.h"

namespace config {

using base::Done;
using base::Errc;
using base::Error;
using base::Result;
using base::Status;

namespace {

/// A larger file is not a configuration.
constexpr std::size_t max_file = std::size_t{1} << 20;

Error wrong(std::string text)
{
    return {Errc::Syntax, std::move(text), 0};
}

/// How one kind of value is read and written.
Status read(std::string_view text, std::vector<Endpoint>& into)
{
    std::vector<Endpoint> endpoints;
    for (const std::string_view word : words(text)) {
        auto endpoint = Endpoint::parse(word);
        if (!endpoint)
            return endpoint.error();
        endpoints.push_back(std::move(*endpoint));
    }
    into = std::move(endpoints);
    return Done{};
}

std::string written(const std::vector<Endpoint>& endpoints)
{
    std::string text;
    for (const Endpoint& endpoint : endpoints)
        text += (text.empty() ? "" : " ") + endpoint.to_text();
    return text;
}

struct Word {
    const char* text;
    Cleartext value;
};
constexpr Word cleartext_words[] = {{"never", Cleartext::Never},
                                    {"loopback", Cleartext::Loopback},
                                    {"always", Cleartext::Always}};

Status read(std::string_view text, Cleartext& into)
{
    for (const Word& word : cleartext_words) {
        if (text == word.text) {
            into = word.value;
            return Done{};
        }
    }
    return wrong("\"" + std::string(text) +
                 "\" is not known; write never, loopback or always");
}

std::string written(Cleartext value)
{
    for (const Word& word : cleartext_words) {
        if (value == word.value)
            return word.text;
    }
    return {};
}

Status read(std::string_view text, Literals& into)
{
    if (text != "plus" && text != "minus")
        return wrong("\"" + std::string(text) + "\" is not known; write plus or minus");
    into = text == "plus" ? Literals::Plus : Literals::Minus;
    return Done{};
}

Status read_name(std::string_view text, std::string& into)
{
    if (text.find_first_of(" \t/:") != std::string_view::npos)
        return wrong("\"" + std::string(text) +
                     "\" is not a name; write one word "
                     "without \"/\" and \":\"");
    into = text;
    return Done{};
}

/// RFC 9051 §9: a capability is an atom. What tells the protocol itself, and that a
/// password would go over the wire in the clear, no client can do without.
Status read_capabilities(std::string_view text, std::vector<std::string>& into)
{
    static const std::vector<std::string> needed = {"IMAP4rev1", "LOGINDISABLED"};
    std::vector<std::string> tokens;
    for (const std::string_view word : words(text)) {
        const std::string token(word);
        for (const char c : word) {
            if (c <= ' ' || c > '~' ||
                std::string_view("(){%*\"\\]").find(c) != std::string_view::npos)
                return wrong("\"" + token +
                             "\" is not a capability; write words such "
                             "as COMPRESS=DEFLATE");
        }
        if (is_among(word, needed))
            return wrong("\"" + token + "\" is needed by every client; leave it out");
        tokens.push_back(token);
    }
    into = std::move(tokens);
    return Done{};
}

/// A name that must be there.
Status read_user(std::string_view text, std::string& into)
{
    if (text.empty())
        return wrong("is empty; write the name of a user");
    return read_name(text, into);
}

Status read_path(std::string_view text, std::string& into)
{
    if (!text.empty() && text.front() != '/')
        return wrong("\"" + std::string(text) +
                     "\" is not absolute; write a path that begins with \"/\"");
    into = text;
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

Status read_separator(std::string_view text, char& into)
{
    if (text != "." && text != "/")
        return wrong("\"" + std::string(text) + "\" cannot be one; write . or /");
    into = text.front();
    return Done{};
}

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

Status read_count(std::string_view text, std::uint64_t& into)
{
    const auto value = parse_number(text, 1, 1'000'000);
    if (!value)
        return value.error();
    into = *value;
    return Done{};
}

/// 0, or nothing, is no limit.
Status read_storage(std::string_view text, std::uint64_t& into)
{
    const auto value = parse_size(text.empty() ? "0" : text, 0, std::uint64_t{1} << 50);
    if (!value)
        return value.error();
    into = *value;
    return Done{};
}

Status read_messages(std::string_view text, std::uint64_t& into)
{
    const auto value = parse_number(text.empty() ? "0" : text, 0,
                                    std::numeric_limits<std::uint32_t>::max());
    if (!value)
        return value.error();
    into = *value;
    return Done{};
}

Status read_literal(std::string_view text, std::uint64_t& into)
{
    // RFC 9051 §4.3: a literal has up to 2^32-1 octets, or 2^63-1.
    const auto value =
        parse_size(text, 1024, std::numeric_limits<std::uint32_t>::max());
    if (!value)
        return value.error();
    into = *value;
    return Done{};
}

/// `Least` … one day.
template <std::int64_t Least>
Status read_seconds(std::string_view text, std::int64_t& into)
{
    const auto value = parse_time(text, Least, 86400);
    if (!value)
        return value.error();
    into = *value;
    return Done{};
}

template <std::string Settings::Mailboxes::*Use>
Key mailbox_key(const char* name)
{
    return {"mailboxes", name,
            [](std::string_view text, Settings& s) {
                return read_mailbox(text, s.mailboxes.*Use);
            },
            [](const Settings& s) { return s.mailboxes.*Use; }};
}

const Key own_keys[] = {
    {"imapd", "listen",
     [](std::string_view text, Settings& s) { return read(text, s.imapd.listen); },
     [](const Settings& s) { return written(s.imapd.listen); }},
    {"imapd", "listen-tls",
     [](std::string_view text, Settings& s) { return read(text, s.imapd.listen_tls); },
     [](const Settings& s) { return written(s.imapd.listen_tls); }},
    {"imapd", "hostname",
     [](std::string_view text, Settings& s) {
         return read_name(text, s.imapd.hostname);
     },
     [](const Settings& s) { return s.imapd.hostname; }},
    {"imapd", "capability-disable",
     [](std::string_view text, Settings& s) {
         return read_capabilities(text, s.imapd.capability_disable);
     },
     [](const Settings& s) {
         std::string text;
         for (const std::string& token : s.imapd.capability_disable)
             text += (text.empty() ? "" : " ") + token;
         return text;
     }},
    {"imapd", "literals",
     [](std::string_view text, Settings& s) { return read(text, s.imapd.literals); },
     [](const Settings& s) {
         return std::string(s.imapd.literals == Literals::Plus ? "plus" : "minus");
     }},
    {"tls", "certificate",
     [](std::string_view text, Settings& s) {
         return read_path(text, s.tls.certificate);
     },
     [](const Settings& s) { return s.tls.certificate; }},
    {"tls", "private-key",
     [](std::string_view text, Settings& s) {
         return read_path(text, s.tls.private_key);
     },
     [](const Settings& s) { return s.tls.private_key; }},
    {"login", "cleartext",
     [](std::string_view text, Settings& s) { return read(text, s.login.cleartext); },
     [](const Settings& s) { return written(s.login.cleartext); }},
    {"login", "user",
     [](std::string_view text, Settings& s) { return read_user(text, s.login.user); },
     [](const Settings& s) { return s.login.user; }},
    {"auth", "passwd-file",
     [](std::string_view text, Settings& s) {
         return read_path(text, s.auth.passwd_file);
     },
     [](const Settings& s) { return s.auth.passwd_file; }},
    {"auth", "pam",
     [](std::string_view text, Settings& s) { return read_name(text, s.auth.pam); },
     [](const Settings& s) { return s.auth.pam; }},
    {"mail", "location",
     [](std::string_view text, Settings& s) {
         return read_location(text, s.mail.location);
     },
     [](const Settings& s) { return s.mail.location; }},
    {"mail", "user",
     [](std::string_view text, Settings& s) { return read_name(text, s.mail.user); },
     [](const Settings& s) { return s.mail.user; }},
    {"mail", "separator",
     [](std::string_view text, Settings& s) {
         return read_separator(text, s.mail.separator);
     },
     [](const Settings& s) { return std::string(1, s.mail.separator); }},
    mailbox_key<&Settings::Mailboxes::drafts>("drafts"),
    mailbox_key<&Settings::Mailboxes::sent>("sent"),
    mailbox_key<&Settings::Mailboxes::junk>("junk"),
    mailbox_key<&Settings::Mailboxes::trash>("trash"),
    mailbox_key<&Settings::Mailboxes::archive>("archive"),
    {"index", "directory",
     [](std::string_view text, Settings& s) {
         return read_pattern(text, s.index.directory);
     },
     [](const Settings& s) { return s.index.directory; }},
    {"quota", "storage",
     [](std::string_view text, Settings& s) {
         return read_storage(text, s.quota.storage);
     },
     [](const Settings& s) { return size_to_text(s.quota.storage); }},
    {"quota", "messages",
     [](std::string_view text, Settings& s) {
         return read_messages(text, s.quota.messages);
     },
     [](const Settings& s) { return std::to_string(s.quota.messages); }},
    {"limits", "connections-per-user",
     [](std::string_view text, Settings& s) {
         return read_count(text, s.limits.connections_per_user);
     },
     [](const Settings& s) { return std::to_string(s.limits.connections_per_user); }},
    {"limits", "connections-per-address",
     [](std::string_view text, Settings& s) {
         return read_count(text, s.limits.connections_per_address);
     },
     [](const Settings& s) {
         return std::to_string(s.limits.connections_per_address);
     }},
    {"limits", "literal",
     [](std::string_view text, Settings& s) {
         return read_literal(text, s.limits.literal);
     },
     [](const Settings& s) { return size_to_text(s.limits.literal); }},
    {"limits", "login-time",
     [](std::string_view text, Settings& s) {
         return read_seconds<1>(text, s.limits.login_time);
     },
     [](const Settings& s) { return time_to_text(s.limits.login_time); }},
    {"limits", "idle-time",
     [](std::string_view text, Settings& s) {
         return read_seconds<1>(text, s.limits.idle_time);
     },
     [](const Settings& s) { return time_to_text(s.limits.idle_time); }},
};

/// All of them, each section's together.
std::span<const Key> all_keys()
{
    static const std::vector<Key> keys = [] {
        std::vector<Key> all(std::begin(own_keys), std::end(own_keys));
        const auto more = deliver_keys();
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }();
    return keys;
}

/// "one, two and three" of the names that `name` gives, each once.
std::string listed(std::span<const Key> from,
                   const std::function<const char*(const Key&)>& name)
{
    std::string text;
    std::string_view last;
    for (const Key& key : from) {
        const char* const its_name = name(key);
        if (its_name == nullptr || last == its_name)
            continue;
        last = its_name;
        text += (text.empty() ? "" : ", ") + std::string(its_name);
    }
    return text;
}

/// Takes the lines of a file, and keeps what was wrong with them.
class Reader {
public:
    explicit Reader(std::string_view name) : name_(name) {}

    void take(const IniLine& line)
    {
        switch (line.kind) {
        case IniLine::Kind::Section:
            return take_section(line);
        case IniLine::Kind::Pair:
            return take_pair(line);
        case IniLine::Kind::Faulty:
            return complain(line, std::string(line.value) +
                                      "; write [section], key = value or ; comment");
        }
    }

    Settings settings;
    std::vector<std::string> complaints;

private:
    void take_section(const IniLine& line)
    {
        for (const Key& key : all_keys())
            if (line.section == key.section)
                return;
        complain(line,
                 "no such section; there are " +
                     listed(all_keys(), [](const Key& key) { return key.section; }));
    }

    void take_pair(const IniLine& line)
    {
        bool known_section = false;
        for (const Key& key : all_keys()) {
            if (line.section != key.section)
                continue;
            known_section = true;
            if (line.key == key.name)
                return take_value(line, key);
        }
        if (line.section.empty())
            return complain(line,
                            "stands before any [section]; write [imapd] above it");
        if (known_section)
            complain(line, "no such key; there are " +
                               listed(all_keys(), [&](const Key& key) {
                                   return line.section == key.section ? key.name
                                                                      : nullptr;
                               }));
    }

    void take_value(const IniLine& line, const Key& key)
    {
        if (!seen_.insert(&key).second)
            return complain(line, "is here a second time; write it once");
        if (const auto done = key.read(line.value, settings); !done)
            complain(line, done.error().text);
    }

    void complain(const IniLine& line, const std::string& what)
    {
        std::string text = name_ + ':' + std::to_string(line.number) + ": ";
        if (!line.section.empty())
            text +=
                '[' + std::string(line.section) + ']' + (line.key.empty() ? "" : " ");
        text += line.key;
        if (!line.section.empty() || !line.key.empty())
            text += ": ";
        complaints.push_back(text + what);
    }

    std::string name_;
    std::set<const Key*> seen_;
};

Reader read_text(std::string_view text, std::string_view name)
{
    Reader reader(name);
    read_ini(text, [&](const IniLine& line) { reader.take(line); });
    return reader;
}

} // namespace

Result<Settings> Settings::parse(std::string_view text, std::string_view name)
{
    Reader reader = read_text(text, name);
    if (reader.complaints.empty())
        return std::move(reader.settings);
    std::string all;
    for (const std::string& complaint : reader.complaints)
        all += (all.empty() ? "" : "\n") + complaint;
    return wrong(all);
}

Result<Settings> Settings::load(const std::string& path)
{
    const auto text = read_text_file(path, max_file);
    if (!text)
        return text.error();
    return parse(*text, path);
}

std::vector<std::string> Settings::check(const std::string& path)
{
    const auto text = read_text_file(path, max_file);
    if (!text)
        return {text.error().text};
    return read_text(*text, path).complaints;
}

Status Settings::set(std::string_view assignment)
{
    const auto equals = assignment.find('=');
    const auto dot = assignment.substr(0, equals).find('.');
    if (equals == std::string_view::npos || dot == std::string_view::npos)
        return wrong("\"" + std::string(assignment) +
                     "\" sets nothing; write section.key=value");
    const auto section = assignment.substr(0, dot);
    const auto name = assignment.substr(dot + 1, equals - dot - 1);
    for (const Key& key : all_keys()) {
        if (section != key.section || name != key.name)
            continue;
        if (const auto done = key.read(assignment.substr(equals + 1), *this); !done)
            return wrong(std::string(assignment) + ": " + done.error().text);
        return Done{};
    }
    return wrong(std::string(assignment.substr(0, equals)) + ": no such key");
}

std::string Settings::to_text() const
{
    std::string text;
    std::string_view section;
    for (const Key& key : all_keys()) {
        if (section != key.section) {
            section = key.section;
            text += '[' + std::string(section) + "]\n";
        }
        text += std::string(key.name) + '=' + key.written(*this) + '\n';
    }
    return text;
}

std::vector<std::string> Settings::remarks() const
{
    std::vector<std::string> found;
    if (!auth.pam.empty())
        found.push_back("[auth] pam: this version has no PAM; only passwd-file counts");
    return found;
}

} // namespace config
