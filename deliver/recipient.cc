// SPDX-License-Identifier: ISC
#include "deliver/recipient.h"

#include <utility>

#include <unistd.h>

#include "auth/accounts.h"
#include "auth/location.h"
#include "base/account.h"
#include "deliver/address.h"
#include "sandbox/drop.h"
#include "text/ascii.h"

namespace deliver {
namespace {

using base::Errc;
using base::Error;

Error no_such_user(const std::string& user)
{
    return {Errc::NotFound, "no such user: " + user};
}

Error somebody_else(const std::string& user)
{
    return {Errc::NoPermission, "delivering to " + user +
                                    " needs root or that user's own uid, not uid " +
                                    std::to_string(::geteuid())};
}

bool exists(const std::string& path)
{
    return ::access(path.c_str(), F_OK) == 0;
}

/// Whether a passwd-file that should be there is not: while it is being replaced, say.
/// The one of the defaults need not exist where its directory does not either: there
/// nobody has ever set up anything.
bool is_passwd_file_missing(const std::string& path)
{
    if (path.empty() || exists(path))
        return false;
    return path != config::Settings().auth.passwd_file ||
           exists(path.substr(0, path.rfind('/')));
}

/// The account of the system called `user`, which needs no entry anywhere to get mail;
/// if there is none, the one called so in lower case, as in the passwd-file.
base::Result<auth::Identity> account(std::string user, const config::Settings& settings)
{
    auto found = base::account_named(user);
    if (const std::string lower = text::to_lower(user);
        !found && found.error().code == Errc::NotFound && lower != user) {
        user = lower;
        found = base::account_named(user);
    }
    if (!found)
        return found.error();
    if (found->uid == 0)
        return Error{Errc::Cannot, user + " is root: an alias should say who reads "
                                          "that mail"};
    auto mail = auth::expand_location(settings.mail.location, user, found->home);
    if (!mail)
        return mail.error();
    return auth::Identity{
        user,        found->uid, found->gid, found->home, std::move(*mail),
        found->name, "",         {}};
}

/// Who `user` is, by exactly this name.
base::Result<auth::Identity> look_up(const std::string& user,
                                     const config::Settings& settings)
{
    // Before anything is made of it: a name that cannot be part of a path is nobody's.
    if (!auth::check_user(user))
        return no_such_user(user);

    auto identity = auth::Accounts(settings).identify(user);
    if (!identity && identity.error().code == Errc::NotFound)
        identity = account(user, settings);
    if (!identity && identity.error().code == Errc::NotFound) {
        if (is_passwd_file_missing(settings.auth.passwd_file))
            return Error{Errc::Io, "the passwd-file " + settings.auth.passwd_file +
                                       " is missing"};
        return no_such_user(user);
    }
    return identity;
}

} // namespace

base::Result<Recipient> find_recipient(const std::optional<std::string>& user,
                                       const config::Settings& settings)
{
    if (!user) {
        auto self = auth::identity_of_self(settings);
        if (!self)
            return self.error();
        return Recipient{std::move(*self), {}};
    }
    auto identity = look_up(*user, settings);
    std::string extension;
    if (!identity && identity.error().code == Errc::NotFound &&
        settings.deliver.extension != config::Extension::Off) {
        const Address split = split_extension(*user, settings.deliver.delimiter);
        if (split.plain != *user)
            identity = look_up(split.plain, settings);
        extension = split.extension;
    }
    if (!identity)
        return identity.error().code == Errc::NotFound ? no_such_user(*user)
                                                       : identity.error();
    if (!sandbox::is_privileged() && identity->uid != ::geteuid())
        return somebody_else(*user);
    return Recipient{std::move(*identity), std::move(extension)};
}

base::Status become(const auth::Identity& recipient)
{
    if (!sandbox::is_privileged() || recipient.uid == ::geteuid())
        return base::Done{};
    return sandbox::drop_to(recipient.uid, recipient.gid, recipient.groups_of);
}

} // namespace deliver
