// SPDX-License-Identifier: ISC
#include "auth/passwd_file.h"

#include <algorithm>
#include <set>
#include <utility>

#include <string.h>

#include "auth/location.h"
#include "auth/password.h"
#include "config/text_file.h"
#include "config/values.h"

namespace auth {

using base::Errc;
using base::Error;
using base::Result;

namespace {

/// A line longer than this is no user's.
constexpr std::size_t max_line = 8192;

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
        // To pass over it would let in whom the administrator keeps out.
        return Error{Errc::Unsupported, "allow_nets", 0};
    }
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
    if (auto fine = check_stored(entry.password); !fine)
        return fine.error();
    entry.uid = take_until(line, ':');
    entry.gid = take_until(line, ':');
    take_until(line, ':'); // gecos
    entry.home = take_until(line, ':');
    take_until(line, ':'); // shell
    for (const std::string_view field : config::words(line)) {
        if (auto taken = take_extra(field, entry); !taken)
            return taken.error();
    }
    if (!entry.home.empty() && entry.home.front() != '/')
        return wrong("a home that is not absolute");
    return entry;
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
        if (entry)
            return entry;
        return Error{entry.error().code,
                     name_ + ':' + std::to_string(number) + ": " + entry.error().text,
                     0};
    }
    return std::nullopt;
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

std::vector<std::string> PasswdFile::complaints() const
{
    std::vector<std::string> found;
    std::set<std::string, std::less<>> users;
    std::string_view rest = text_;
    for (unsigned number = 1; !rest.empty() && found.size() < max_complaints;
         ++number) {
        const std::string_view line = take_line(rest);
        if (is_comment(line))
            continue;
        const auto complain = [&](const std::string& what) {
            found.push_back(name_ + ':' + std::to_string(number) + ": " + what);
        };
        const auto entry = parse_passwd_line(line);
        if (!entry)
            complain(entry.error().text);
        else if (!users.insert(entry->user).second)
            complain("a second line for the same user; the first counts");
    }
    return found;
}

} // namespace auth
