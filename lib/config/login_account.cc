// SPDX-License-Identifier: ISC
#include "config/login_account.h"

namespace config {

using base::Errc;
using base::Error;

base::Result<base::Account> login_account(const Settings& settings)
{
    const std::string& name = settings.login.user;
    auto account = base::account_named(name);
    if (!account && name == Settings::Login().user)
        account = base::account_named(login_user_fallback);
    if (!account)
        return Error{account.error().code, "[login] user: no account '" + name + "'"};
    if (account->uid == 0 || account->gid == 0)
        return Error{Errc::Cannot, "[login] user: '" + name + "' must not be root"};
    return account;
}

} // namespace config
