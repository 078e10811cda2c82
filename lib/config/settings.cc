// SPDX-License-Identifier: ISC
/// \file
/// The lines of a file, and what was wrong with them. The keys themselves are in
/// `server_keys.cc`, `mail_keys.cc` and `deliver_keys.cc`.
#include "config/settings.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <span>

#include "config/ini_file.h"
#include "config/key.h"
#include "config/kinds.h"
#include "config/text_file.h"

namespace config {

using base::Done;
using base::Result;
using base::Status;

namespace {

/// A larger file is not a configuration.
constexpr std::size_t max_file = std::size_t{1} << 20;

/// All of them, each section's together.
std::span<const Key> all_keys()
{
    static const std::vector<Key> keys = [] {
        std::vector<Key> all;
        for (const auto& some : {server_keys(), mail_keys(), deliver_keys()})
            all.insert(all.end(), some.begin(), some.end());
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
