// SPDX-License-Identifier: ISC
/// \file
/// The warning that a Maildir is nearly full.
#pragma once

#include <cstdint>
#include <string>

#include "auth/identity.h"
#include "base/result.h"
#include "maildir/quota.h"

namespace deliver {

/// Whether `added` took `state`, which it is part of, past `percent` of a limit. Only
/// the one message that does so is told of.
bool has_passed(const maildir::Quota::State& state, const maildir::QuotaUsage& added,
                std::uint64_t percent);

/// The program of the hook may take so long. Unit: seconds.
inline constexpr unsigned warning_time_limit = 60;

/// Starts `command` with the user's name and `percent` for arguments, and the user's
/// HOME, USER and LOGNAME, which may be root's still; does not wait for it. It has
/// /dev/null for its descriptors: local(8) reads our output until nobody holds it any
/// more.
base::Status warn(const std::string& command, const auth::Identity& user,
                  std::uint64_t percent);

} // namespace deliver
