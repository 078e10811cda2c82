// SPDX-License-Identifier: ISC
#include "auth/accounts.h"

#include <charconv>
#include <cstdlib>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>

#include <unistd.h>

#include "auth/location.h"
#include "base/account.h"

namespace auth {

using base::Account;
using base::Errc;
using base::Error;
using base::Result;

namespace {

/// System accounts below this one are the system's own; a mail user who happens to
/// be called `news` or `backup` is not one of them. As in Debian's adduser.conf(5).
constexpr uid_t first_person = 1000;

/// Whose rights a session gets.
struct Owner {
    uid_t uid;
    gid_t gid;
    std::string home;
    std::string groups_of;
};

Error cannot(std::string text)
{
    return {Errc::Cannot, std::move(text), 0};
}

/// A name that the system does not know, in a place where it should be known, is the
/// administrator's mistake and not a question of who the client is.
Error misplaced(const Error& error)
{
    if (error.code == Errc::NotFound)
        return cannot(error.text);
    return error;
}

std::optional<std::uint32_t> number(std::string_view text)
{
    std::uint32_t value = 0;
    const auto [end, failure] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size() ||
        value == std::numeric_limits<std::uint32_t>::max()) // (uid_t)-1: no change
        return std::nullopt;
    return value;
}

/// The account that `text`, a uid or a name, stands for; one that the system does not
/// list has a uid and neither name nor group (gid 0).
Result<Account> account_from(const std::string& text)
{
    if (const auto uid = number(text)) {
        auto account = base::account_of(*uid);
        if (!account && account.error().code == Errc::NotFound)
            return Account{"", *uid, 0, ""};
        return account;
    }
    auto account = base::account_named(text);
    if (!account)
        return misplaced(account.error());
    return account;
}

Result<gid_t> gid_from(const std::string& text)
{
    if (const auto gid = number(text))
        return gid_t{*gid};
    auto gid = base::group_named(text);
    if (!gid)
        return misplaced(gid.error());
    return gid;
}

/// The account of `[mail] user`, whose home is not that of the users it stands for.
Result<Owner> mail_user(const config::Settings& settings)
{
    if (settings.mail.user.empty())
        return cannot("the user has no uid, and [mail] user is empty");
    const auto account = base::account_named(settings.mail.user);
    if (!account)
        return misplaced(account.error());
    return Owner{account->uid, account->gid, "", account->name};
}

/// Whose uid it is that `entry` gives, or leaves open; see the class.
Result<Owner> owner_by_uid(const PasswdEntry& entry, const config::Settings& settings)
{
    if (!entry.uid.empty()) {
        const auto account = account_from(entry.uid);
        if (!account)
            return account.error();
        return Owner{account->uid, account->gid, account->home, account->name};
    }
    if (entry.home.empty()) {
        const auto account = base::account_named(entry.user);
        if (account && account->uid >= first_person)
            return Owner{account->uid, account->gid, account->home, account->name};
        if (!account && account.error().code != Errc::NotFound)
            return account.error();
    }
    return mail_user(settings);
}

Result<Owner> owner_as_root(const PasswdEntry& entry, const config::Settings& settings)
{
    auto owner = owner_by_uid(entry, settings);
    if (!owner)
        return owner;
    if (!entry.gid.empty()) {
        const auto gid = gid_from(entry.gid);
        if (!gid)
            return gid.error();
        owner->gid = *gid;
    } else if (owner->gid == 0 && owner->groups_of.empty()) {
        const auto fallback = mail_user(settings);
        if (!fallback)
            return cannot("uid " + std::to_string(owner->uid) +
                          " has no gid: neither in the entry nor in the system");
        owner->gid = fallback->gid;
    }
    if (owner->uid == 0 || owner->gid == 0)
        return cannot("root's uid and gid serve nobody's mail");
    return owner;
}

/// The one user there is: whoever runs this process.
Owner owner_of_self()
{
    Owner owner{::geteuid(), ::getegid(), "", ""};
    if (const auto account = base::account_of(owner.uid)) {
        owner.home = account->home;
        owner.groups_of = account->name;
    }
    return owner;
}

/// A setuid program must not believe its environment; we are none.
std::string from_environment(const char* variable)
{
    const char* const value = ::secure_getenv(variable);
    return value != nullptr ? value : "";
}

Result<Owner> owner_without_root(const PasswdEntry& entry)
{
    Owner self = owner_of_self();
    if (entry.uid.empty())
        return self;
    const auto account = account_from(entry.uid);
    if (!account)
        return account.error();
    if (account->uid != self.uid)
        return Error{Errc::Refused,
                     "without root only uid " + std::to_string(self.uid) + " is served",
                     0};
    return self;
}

Result<Identity> located(std::string user, const Owner& owner, const std::string& home,
                         const std::string& own_mail, const config::Settings& settings)
{
    Identity identity{std::move(user), owner.uid, owner.gid, home, "",
                      owner.groups_of, ""};
    auto mail = expand_location(own_mail.empty() ? settings.mail.location : own_mail,
                                identity.user, home);
    if (!mail)
        return mail.error();
    identity.mail = std::move(*mail);
    if (!settings.index.directory.empty()) {
        auto index = expand_location(settings.index.directory, identity.user, home);
        if (!index)
            return index.error();
        identity.index = std::move(*index);
    }
    return identity;
}

} // namespace

Result<Identity> Accounts::identity_of(const PasswdEntry& entry) const
{
    const auto owner =
        ::geteuid() == 0 ? owner_as_root(entry, settings_) : owner_without_root(entry);
    if (!owner)
        return owner.error();
    const std::string& home = entry.home.empty() ? owner->home : entry.home;
    auto identity = located(entry.user, *owner, home, entry.mail, settings_);
    if (identity) {
        identity->label = entry.label;
        identity->quota = entry.quota;
    }
    return identity;
}

Result<Identity> Accounts::identify(std::string_view user) const
{
    if (auto fine = check_user(user); !fine)
        return fine.error();
    if (settings_.auth.passwd_file.empty())
        return Error{Errc::NotFound, "no such user", 0};
    const auto file = PasswdFile::load(settings_.auth.passwd_file);
    if (!file)
        return file.error();
    const auto entry = file->find(user);
    if (!entry)
        return entry.error();
    return identity_of(*entry);
}

Result<Identity> identity_of_self(const config::Settings& settings)
{
    const std::string home = from_environment("HOME");
    const bool has_home = home.starts_with('/');
    const bool is_named = settings.mail.location.find('%') != std::string::npos ||
                          settings.index.directory.find('%') != std::string::npos;
    if (has_home && !is_named) {
        std::string name = from_environment("LOGNAME");
        if (!check_user(name))
            name = std::to_string(::geteuid());
        return located(name, Owner{::geteuid(), ::getegid(), home, ""}, home, "",
                       settings);
    }

    Owner owner = owner_of_self();
    if (has_home)
        owner.home = home;
    const std::string user =
        owner.groups_of.empty() ? std::to_string(owner.uid) : owner.groups_of;
    return located(user, owner, owner.home, "", settings);
}

} // namespace auth
