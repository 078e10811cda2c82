// SPDX-License-Identifier: ISC
/// \file
/// Whose mail it is.
#pragma once

#include <optional>
#include <string>

#include "auth/identity.h"
#include "base/result.h"
#include "config/settings.h"

namespace deliver {

/// Somebody who gets mail.
struct Recipient {
    auth::Identity identity;
    /// What followed the delimiter in the name, where only the name without it is
    /// known: a folder of his.
    std::string extension;
};

/// Whose mail it is: that of `user`, or of whoever runs us.
///
/// A user is looked up in the passwd-file and then among the accounts of the system.
/// "There is no such user" bounces, so we say it only when both could be asked. If
/// nobody has the whole name, its extension is taken off, unless that is switched off.
///
/// Errors: NotFound if there is no such user; NoPermission if he is somebody else than
/// we are and we are not root; whatever else kept us from knowing.
base::Result<Recipient> find_recipient(const std::optional<std::string>& user,
                                       const config::Settings& settings);

/// Becomes the recipient, for good, if we are root and he is not. On an error the
/// process must end.
base::Status become(const auth::Identity& recipient);

} // namespace deliver
