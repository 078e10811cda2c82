// SPDX-License-Identifier: ISC
#pragma once

#include <string>

#include <sys/types.h>

#include "base/result.h"

namespace base {

/// An account of the system, passwd(5).
struct Account {
    std::string name;
    uid_t uid;
    gid_t gid;
    std::string home;
};

/// The account called `name`, or the first with that uid. Errors: NotFound; Io when
/// the name service fails, which says nothing about the account.
Result<Account> account_named(const std::string& name);
Result<Account> account_of(uid_t uid);

/// The gid of the group called `name`. Errors as above.
Result<gid_t> group_named(const std::string& name);

} // namespace base
