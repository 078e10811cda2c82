// SPDX-License-Identifier: ISC
#pragma once

#include "base/account.h"
#include "base/result.h"
#include "config/settings.h"

namespace config {

/// The account that `[login] user` names, as which processes run that read what clients
/// send; `login_user_fallback` where it has its default and there is no such account.
/// Errors: NotFound; Io when the name service fails; Cannot if it is root's.
base::Result<base::Account> login_account(const Settings& settings);

} // namespace config
