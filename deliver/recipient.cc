// SPDX-License-Identifier: ISC
#include "deliver/recipient.h"

#include <utility>

#include <unistd.h>

#include "auth/accounts.h"
#include "auth/location.h"
#include "base/account.h"
#include "sandbox/drop.h"

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

/// The account of the system called `user`, which needs no entry anywhere to get mail.
base::Result<auth::Identity> account(const std::string& user,
                                     const config::Settings& settings)
{
    auto found = base::account_named(user);
    if (!found)
        return found.error();
    if (found->uid == 0)
        return Error{Errc::Cannot, user + " is root: an alias should say who reads "
                                          "that mail"};
    auto mail = auth::expand_location(settings.mail.location, user, found->home);
    if (!mail)
        return mail.error();
    return auth::Identity{
        user, found->uid, found->gid, found->home, std::move(*mail), found->name, ""};
}

} // namespace

base::Result<auth::Identity> find_recipient(const std::optional<std::string>& user,
                                            const config::Settings& settings)
{
    if (!user)
        return auth::identity_of_self(settings);
    // Before anything is made of it: a name that cannot be part of a path is nobody's.
    if (!auth::check_user(*user))
        return no_such_user(*user);

    auto recipient = auth::Accounts(settings).identify(*user);
    if (!recipient && recipient.error().code == Errc::NotFound)
        recipient = account(*user, settings);
    if (!recipient && recipient.error().code == Errc::NotFound) {
        if (is_passwd_file_missing(settings.auth.passwd_file))
            return Error{Errc::Io, "the passwd-file " + settings.auth.passwd_file +
                                       " is missing"};
        return no_such_user(*user);
    }
    if (recipient && !sandbox::is_privileged() && recipient->uid != ::geteuid())
        return somebody_else(*user);
    return recipient;
}

base::Status become(const auth::Identity& recipient)
{
    if (!sandbox::is_privileged() || recipient.uid == ::geteuid())
        return base::Done{};
    return sandbox::drop_to(recipient.uid, recipient.gid, recipient.groups_of);
}

} // namespace deliver
