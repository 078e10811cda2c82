// SPDX-License-Identifier: ISC
#include "auth/passwd_file.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include <string.h>

#include "auth/location.h"
#include "config/networks.h"
#include "config/text_file.h"
#include "config/values.h"

namespace auth {

using base::Errc;
using base::Error;
using base::Result;

namespace {

/// A line longer than this is no user's.
constexpr std::size_t max_line = 8192;
constexpr std::size_t max_label = 64;

Error wrong(std::string text)
{
    return {Errc::Syntax, std::move(text), 0};
}

/// `text` up to the first `separator`, which is taken off together with it.
std::string_view take_until(std::string_view& text, char separator)
{
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view taken = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return taken;
}

/// Takes the next line of `rest`, without its end.
std::string_view take_line(std::string_view& rest)
{
    std::string_view line = take_until(rest, '\n');
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

/// As Dovecot has it: these lines are nobody's.
bool is_comment(std::string_view line)
{
    return line.empty() || line.front() == '#' || line.front() == ':' ||
           line.find_first_not_of(" \t") == std::string_view::npos;
}

/// The words between spaces. A comma is part of one, as in Dovecot.
std::vector<std::string_view> extras(std::string_view text)
{
    std::vector<std::string_view> found;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
        if (end > 0)
            found.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return found;
}

base::Status take_networks(std::string_view list, std::string& into)
{
    const auto networks = config::Networks::parse(list);
    if (!networks)
        return networks.error();
    into = list;
    return base::Done{};
}

bool is_within(std::string_view allow_nets, std::string_view address)
{
    if (allow_nets.empty())
        return true;
    const auto networks = config::Networks::parse(allow_nets);
    return networks && networks->contain(address);
}

/// `*:storage=1G:messages=1000`, Dovecot's rule for all folders together: `storage` is
/// in units of 1024 octets unless it says otherwise, `bytes` in octets. Nothing for a
/// rule about single folders, or one that we cannot read.
std::optional<Quota> quota_of(std::string_view rule)
{
    if (take_until(rule, ':') != "*")
        return std::nullopt;
    Quota quota;
    while (!rule.empty()) {
        std::string_view value = take_until(rule, ':');
        const std::string_view name = take_until(value, '=');
        const bool has_unit = value.find_first_not_of("0123456789") != value.npos;
        const auto number = config::parse_size(value, 0, std::uint64_t{1} << 50);
        if (!number)
            return std::nullopt;
        if (name == "storage")
            quota.octets = has_unit ? *number : *number * 1024;
        else if (name == "bytes")
            quota.octets = *number;
        else if (name == "messages")
            quota.messages = *number;
        else
            return std::nullopt;
    }
    return quota;
}

base::Status take_extra(std::string_view field, PasswdEntry& entry)
{
    const std::string_view name = take_until(field, '=');
    if (name == "userdb_mail") {
        constexpr std::string_view prefix = "maildir:";
        if (!field.starts_with(prefix))
            return Error{Errc::Unsupported,
                         "userdb_mail that does not begin with maildir:", 0};
        entry.mail = field.substr(prefix.size());
        if (entry.mail.find(':') != std::string::npos)
            return Error{Errc::Unsupported, "userdb_mail with options after the path",
                         0};
    } else if (name == "userdb_home") {
        entry.home = field;
    } else if (name == "userdb_uid") {
        entry.uid = field;
    } else if (name == "userdb_gid") {
        entry.gid = field;
    } else if (name == "userdb_quota_rule") {
        entry.quota = quota_of(field);
    } else if (name == "nologin") {
        entry.login = PasswdEntry::Login::Forbidden;
    } else if (name == "allow_nets") {
        return take_networks(field, entry.allow_nets);
    }
    return base::Done{};
}

/// Letters, digits and a little more: what can stand in a log without quotes.
bool is_label(std::string_view text)
{
    constexpr std::string_view others = "._-+";
    return !text.empty() && text.size() <= max_label &&
           std::ranges::all_of(text, [&](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      (c >= '0' && c <= '9') ||
                      others.find(c) != std::string_view::npos;
           });
}

/// A limit that we do not know is an error: to pass over it would let somebody in who
/// is to be kept out.
base::Status take_limit(std::string_view field, ApplicationPassword& password)
{
    const std::string_view name = take_until(field, '=');
    if (name == "allow_nets")
        return take_networks(field, password.allow_nets);
    if (name != "protocols")
        return Error{Errc::Unsupported, "an unknown limit of an application password",
                     0};
    for (const std::string_view word : config::words(field))
        password.protocols.emplace_back(word);
    if (password.protocols.empty())
        return wrong("protocols without one");
    return base::Done{};
}

/// Wipes `text`, whose memory is about to be given back.
void wipe(std::string& text)
{
    ::explicit_bzero(text.data(), text.size());
}

} // namespace

Result<PasswdEntry> parse_passwd_line(std::string_view line)
{
    if (line.size() > max_line)
        return wrong("longer than " + std::to_string(max_line) + " octets");
    if (line.find('\0') != std::string_view::npos)
        return wrong("a NUL in it");
    PasswdEntry entry;
    entry.user = take_until(line, ':');
    if (auto fine = check_user(entry.user); !fine)
        return wrong(fine.error().text);
    entry.password = take_until(line, ':');
    if (auto fine = check_stored(entry.password); !fine && !entry.is_locked())
        return fine.error();
    entry.uid = take_until(line, ':');
    entry.gid = take_until(line, ':');
    take_until(line, ':'); // gecos
    entry.home = take_until(line, ':');
    take_until(line, ':'); // shell
    for (const std::string_view field : extras(line)) {
        if (auto taken = take_extra(field, entry); !taken)
            return taken.error();
    }
    if (!entry.home.empty() && entry.home.front() != '/')
        return wrong("a home that is not absolute");
    return entry;
}

std::optional<Result<ApplicationLine>> parse_application_line(std::string_view line)
{
    if (!line.starts_with(':') || line.size() > max_line)
        return std::nullopt;
    line.remove_prefix(1);
    ApplicationLine parsed;
    parsed.user = take_until(line, ':');
    parsed.password.label = take_until(line, ':');
    if (!check_user(parsed.user) || !is_label(parsed.password.label))
        return std::nullopt;
    parsed.password.password = take_until(line, ':');
    if (auto fine = check_stored(parsed.password.password); !fine)
        return fine.error();
    for (const std::string_view field : extras(line)) {
        if (auto taken = take_limit(field, parsed.password); !taken)
            return taken.error();
    }
    return parsed;
}

bool ApplicationPassword::is_for(const Circumstances& circumstances) const
{
    return (protocols.empty() || config::is_among(circumstances.protocol, protocols)) &&
           is_within(allow_nets, circumstances.address);
}

bool PasswdEntry::is_locked() const
{
    return password.starts_with('*') || password.starts_with('!');
}

base::Status PasswdEntry::admits(const Circumstances& circumstances) const
{
    if (login == Login::Forbidden)
        return Error{Errc::Refused, "this user may not log in (nologin)", 0};
    if (!is_within(allow_nets, circumstances.address))
        return Error{Errc::Refused, "not from this address (allow_nets)", 0};
    return base::Done{};
}

Result<PasswdFile> PasswdFile::load(const std::string& path)
{
    auto text = config::read_text_file(path, max_size);
    if (!text)
        return text.error();
    return PasswdFile(std::move(*text), path);
}

PasswdFile::PasswdFile(std::string text, std::string name)
    : text_(std::move(text)), name_(std::move(name))
{
}

PasswdFile::~PasswdFile()
{
    wipe(text_);
}

std::optional<Result<PasswdEntry>> PasswdFile::find_exactly(std::string_view user) const
{
    if (user.empty() || user.find_first_of(":\n") != std::string_view::npos)
        return std::nullopt;
    std::string_view rest = text_;
    for (unsigned number = 1; !rest.empty(); ++number) {
        const std::string_view line = take_line(rest);
        if (is_comment(line) || !line.starts_with(user) || line.size() == user.size() ||
            line[user.size()] != ':')
            continue;
        auto entry = parse_passwd_line(line);
        if (entry) {
            entry->application_passwords = passwords_of(user);
            return entry;
        }
        return Error{entry.error().code,
                     name_ + ':' + std::to_string(number) + ": " + entry.error().text,
                     0};
    }
    return std::nullopt;
}

std::vector<ApplicationPassword> PasswdFile::passwords_of(std::string_view user) const
{
    std::vector<ApplicationPassword> found;
    std::string_view rest = text_;
    while (!rest.empty() && found.size() < max_application_passwords) {
        const std::string_view line = take_line(rest);
        if (!line.starts_with(':') || !line.substr(1).starts_with(user))
            continue;
        auto parsed = parse_application_line(line);
        if (parsed && *parsed && (*parsed)->user == user)
            found.push_back(std::move((*parsed)->password));
    }
    return found;
}

Result<PasswdEntry> PasswdFile::find(std::string_view user) const
{
    if (auto found = find_exactly(user))
        return std::move(*found);
    std::string lower(user);
    for (char& c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    if (lower != user) {
        if (auto found = find_exactly(lower))
            return std::move(*found);
    }
    return Error{Errc::NotFound, name_ + ": no such user", 0};
}

std::string_view PasswdFile::decoy() const
{
    std::string_view rest = text_;
    while (!rest.empty()) {
        std::string_view line = take_line(rest);
        if (is_comment(line))
            continue;
        take_until(line, ':');
        const std::string_view stored = take_until(line, ':');
        if (check_stored(stored))
            return stored;
    }
    return {};
}

std::optional<ScramKeys> PasswdFile::decoy_keys(Hash hash) const
{
    std::string_view rest = text_;
    while (!rest.empty()) {
        std::string_view line = take_line(rest);
        if (is_comment(line))
            continue;
        take_until(line, ':');
        auto stored = parse_stored(take_until(line, ':'));
        auto* const keys = stored ? std::get_if<ScramKeys>(&*stored) : nullptr;
        if (keys != nullptr && keys->hash == hash)
            return std::move(*keys);
    }
    return std::nullopt;
}

std::vector<std::string> PasswdFile::complaints(config::WeakSchemes weak) const
{
    std::vector<std::string> found;
    std::set<std::string, std::less<>> users;
    std::string_view rest = text_;
    for (unsigned number = 1; !rest.empty() && found.size() < max_complaints;
         ++number) {
        const std::string_view line = take_line(rest);
        const auto complain = [&](const std::string& what) {
            found.push_back(name_ + ':' + std::to_string(number) + ": " + what);
        };
        if (const auto application = parse_application_line(line);
            application && !*application)
            complain(application->error().text);
        if (is_comment(line))
            continue;
        const auto entry = parse_passwd_line(line);
        if (!entry)
            complain(entry.error().text);
        else if (!users.insert(entry->user).second)
            complain("a second line for the same user; the first counts");
        else if (weak == config::WeakSchemes::Refused && is_weak(entry->password))
            complain("a password by a weak scheme, which does not count ([auth] "
                     "weak-schemes)");
    }
    return found;
}

} // namespace auth
