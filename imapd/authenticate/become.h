// SPDX-License-Identifier: ISC
#pragma once

#include <span>

#include "auth/identity.h"
#include "base/result.h"

namespace authenticate {

/// Turns this process into one of `identity`: its uid and groups for good, HOME, USER
/// and LOGNAME, the home as working directory (or `/`), umask 077. Without root the
/// uid is what it is, and the rest is done.
///
/// Errors: those of `sandbox::drop_to`; the process must end then.
base::Status become(const auth::Identity& identity);

/// Closes every descriptor but 0, 1, 2 and those in `kept`: what a session inherits
/// from the supervisor and has no business with.
void close_all_but(std::span<const int> kept);

} // namespace authenticate
