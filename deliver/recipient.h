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

/// Whose mail it is: that of `user`, or of whoever runs us.
///
/// A user is looked up in the passwd-file and then among the accounts of the system.
/// "There is no such user" bounces, so we say it only when both could be asked.
///
/// Errors: NotFound if there is no such user; NoPermission if he is somebody else than
/// we are and we are not root; whatever else kept us from knowing.
base::Result<auth::Identity> find_recipient(const std::optional<std::string>& user,
                                            const config::Settings& settings);

/// Becomes the recipient, for good, if we are root and he is not. On an error the
/// process must end.
base::Status become(const auth::Identity& recipient);

} // namespace deliver
