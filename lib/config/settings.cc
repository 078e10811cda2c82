// SPDX-License-Identifier: ISC
/// \file
/// The table of keys: what each holds, how it is read and how it is written.
///
/// It is one thing, and long because there are many keys: all there is to a key is to
/// be found in one place.
#include "config/settings.h"

#include <algorithm>
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

/// What `auth/mechanism.h` has; a test sees to it that they are the same.
Status read_mechanisms(std::string_view text, std::vector<std::string>& into)
{
    static const std::vector<std::string> known = {
        "OAUTHBEARER", "XOAUTH2", "EXTERNAL", "SCRAM-SHA-256",
        "SCRAM-SHA-1", "PLAIN",   "LOGIN"};
    std::vector<std::string> names;
    for (const std::string_view word : words(text)) {
        const auto found = std::ranges::find_if(
            known, [&](const std::string& name) { return is_among(word, {name}); });
        if (found == known.end())
            return wrong("\"" + std::string(word) +
                         "\" is not known; write some of PLAIN, LOGIN, SCRAM-SHA-256, "
                         "SCRAM-SHA-1, EXTERNAL, OAUTHBEARER and XOAUTH2");
        names.push_back(*found);
    }
    if (names.empty())
        return wrong("is empty; write PLAIN LOGIN");
    into = std::move(names);
    return Done{};
}

std::string written(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

Status read(std::string_view text, CertificateUser& into)
{
    if (text != "email" && text != "cn")
        return wrong("\"" + std::string(text) + "\" is not known; write email or cn");
    into = text == "cn" ? CertificateUser::CommonName : CertificateUser::Email;
    return Done{};
}

Status read(std::string_view text, WeakSchemes& into)
{
    if (text != "refused" && text != "allowed")
        return wrong("\"" + std::string(text) +
                     "\" is not known; write refused or allowed");
    into = text == "allowed" ? WeakSchemes::Allowed : WeakSchemes::Refused;
    return Done{};
}

/// Compared as it is, so nothing of it is wrong but a space.
Status read_claim(std::string_view text, std::string& into)
{
    if (text.find_first_of(" \t") != std::string_view::npos)
        return wrong("\"" + std::string(text) + "\" has a space in it; write one word");
    into = text;
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

/// 0 is no bound. What a session needs at all fits into the least there is.
Status read_memory(std::string_view text, std::uint64_t& into)
{
    constexpr std::uint64_t least = 64 << 20;
    const auto value = parse_size(text, 0, std::uint64_t{1} << 50);
    if (!value)
        return value.error();
    if (*value != 0 && *value < least)
        return wrong("\"" + std::string(text) +
                     "\" is too little; write 0 (no bound), or at least 64M");
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
     [](const Settings& s) { return written(s.imapd.capability_disable); }},
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
    {"tls", "client-ca",
     [](std::string_view text, Settings& s) {
         return read_path(text, s.tls.client_ca);
     },
     [](const Settings& s) { return s.tls.client_ca; }},
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
    {"auth", "checkpassword",
     [](std::string_view text, Settings& s) {
         return read_path(text, s.auth.checkpassword);
     },
     [](const Settings& s) { return s.auth.checkpassword; }},
    {"auth", "pam",
     [](std::string_view text, Settings& s) { return read_name(text, s.auth.pam); },
     [](const Settings& s) { return s.auth.pam; }},
    {"auth", "mechanisms",
     [](std::string_view text, Settings& s) {
         return read_mechanisms(text, s.auth.mechanisms);
     },
     [](const Settings& s) { return written(s.auth.mechanisms); }},
    {"auth", "certificate-user",
     [](std::string_view text, Settings& s) {
         return read(text, s.auth.certificate_user);
     },
     [](const Settings& s) {
         return std::string(s.auth.certificate_user == CertificateUser::Email ? "email"
                                                                              : "cn");
     }},
    {"auth", "socket",
     [](std::string_view text, Settings& s) { return read_path(text, s.auth.socket); },
     [](const Settings& s) { return s.auth.socket; }},
    {"auth", "socket-user",
     [](std::string_view text, Settings& s) {
         return read_user(text, s.auth.socket_user);
     },
     [](const Settings& s) { return s.auth.socket_user; }},
    {"auth", "weak-schemes",
     [](std::string_view text, Settings& s) { return read(text, s.auth.weak_schemes); },
     [](const Settings& s) {
         return std::string(s.auth.weak_schemes == WeakSchemes::Allowed ? "allowed"
                                                                        : "refused");
     }},
    {"oauth", "keys",
     [](std::string_view text, Settings& s) { return read_path(text, s.oauth.keys); },
     [](const Settings& s) { return s.oauth.keys; }},
    {"oauth", "issuer",
     [](std::string_view text, Settings& s) {
         return read_claim(text, s.oauth.issuer);
     },
     [](const Settings& s) { return s.oauth.issuer; }},
    {"oauth", "audience",
     [](std::string_view text, Settings& s) {
         return read_claim(text, s.oauth.audience);
     },
     [](const Settings& s) { return s.oauth.audience; }},
    {"oauth", "user-claim",
     [](std::string_view text, Settings& s) {
         return read_claim(text, s.oauth.user_claim);
     },
     [](const Settings& s) { return s.oauth.user_claim; }},
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
    {"mail", "linked",
     [](std::string_view text, Settings& s) { return read_paths(text, s.mail.linked); },
     [](const Settings& s) { return written(s.mail.linked); }},
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
    {"limits", "session-memory",
     [](std::string_view text, Settings& s) {
         return read_memory(text, s.limits.session_memory);
     },
     [](const Settings& s) { return size_to_text(s.limits.session_memory); }},
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

/// What stands behind `tls ` in the name of a section.
std::optional<std::string_view> name_in(std::string_view section)
{
    constexpr std::string_view tls = "tls ";
    if (!section.starts_with(tls))
        return std::nullopt;
    return section.substr(tls.size());
}

/// A name that a client may ask for (RFC 6066 §3), in lower case, or `*.` and one.
bool is_server_name(std::string_view name)
{
    if (name.starts_with("*."))
        name.remove_prefix(2);
    return !name.empty() && name.size() <= 253 && name.front() != '.' &&
           name.back() != '.' && name.find("..") == std::string_view::npos &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") ==
               std::string_view::npos;
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
        if (const auto name = name_in(line.section)) {
            if (!is_server_name(*name))
                complain(line, "\"" + std::string(*name) +
                                   "\" is not a name; write one such as "
                                   "mail.example.org or *.example.org");
            return;
        }
        for (const Key& key : all_keys())
            if (line.section == key.section)
                return;
        complain(line,
                 "no such section; there are " +
                     listed(all_keys(), [](const Key& key) { return key.section; }));
    }

    void take_pair(const IniLine& line)
    {
        if (const auto name = name_in(line.section))
            return take_named(line, settings.tls_names[std::string(*name)]);
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

    /// A key of `[tls NAME]`: one of the two of `[tls]`, without a default.
    void take_named(const IniLine& line, Settings::Tls& tls)
    {
        if (named_seen_.insert(std::string(line.section)).second)
            tls = {"", "", ""};
        std::string* const value = line.key == "certificate"   ? &tls.certificate
                                   : line.key == "private-key" ? &tls.private_key
                                                               : nullptr;
        if (value == nullptr)
            return complain(line, "no such key; there are certificate, private-key");
        if (!value->empty())
            return complain(line, "is here a second time; write it once");
        if (const auto done = read_path(line.value, *value); !done)
            complain(line, done.error().text);
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
    std::set<std::string> named_seen_;
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
    for (const auto& [name, named] : tls_names)
        text += "[tls " + name + "]\ncertificate=" + named.certificate +
                "\nprivate-key=" + named.private_key + '\n';
    return text;
}

std::vector<std::string> Settings::remarks() const
{
    std::vector<std::string> found;
    const bool has_scram =
        std::ranges::any_of(auth.mechanisms, [](const std::string& name) {
            return name.starts_with("SCRAM-");
        });
    if (has_scram && !(auth.pam.empty() && auth.checkpassword.empty()))
        found.push_back(
            "[auth] mechanisms: users that PAM or checkpassword knows cannot "
            "log in by SCRAM, which clients will try first");
    const bool has_bearer = is_among("OAUTHBEARER", auth.mechanisms) ||
                            is_among("XOAUTH2", auth.mechanisms);
    if (has_bearer && (oauth.keys.empty() || oauth.issuer.empty()))
        found.push_back("[oauth] keys, issuer: without them nobody's token is taken");
    return found;
}

} // namespace config
