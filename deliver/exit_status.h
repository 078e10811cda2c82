// SPDX-License-Identifier: ISC
/// \file
/// How `deliver` ends. A mail server reads two things from us: the exit status, and
/// the enhanced status code (RFC 3463) that begins what we wrote to standard error.
///
/// Postfix's local(8) takes 0 for delivered and 71, 75 or a death by a signal for "try
/// again"; every other number bounces the message. So there are few numbers here
/// and no way to make another: whatever we did not foresee is 75, and a message is sent
/// back only to somebody who wrote to a user that does not exist, sent what is no
/// mail, or where the administrator has said so in the configuration.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace deliver {

/// The numbers are those of sysexits.h.
enum class ExitStatus : int {
    Delivered = 0,
    NotMail = 65,     ///< EX_DATAERR: bounces, because it is no mail
    UnknownUser = 67, ///< EX_NOUSER: bounces
    TryAgain = 75,    ///< EX_TEMPFAIL: stays in the mail server's queue
    Refused = 77,     ///< EX_NOPERM: bounces, because a setting says so
};

/// What to end with, and what to say.
struct Outcome {
    ExitStatus status = ExitStatus::TryAgain;
    std::string line; ///< one line for standard error with its line end, or empty
};

/// The longest line that we write. Postfix keeps only a little of it.
inline constexpr std::size_t max_line = 500;

Outcome delivered();

/// No such user as `user`.
Outcome unknown_user(std::string_view user);

/// The configuration or the command line is wrong; `text` says how.
Outcome misconfigured(std::string_view text);

/// What came is no mail at all.
Outcome not_mail();

/// A setting refuses messages that have something of the type `text` in them.
Outcome refused(std::string_view text);

/// There is no room in the quota, and a setting wants that sent back.
Outcome over_quota();

/// Any other failure. Its code decides nothing but the enhanced status code: full
/// disks and quotas have their own.
Outcome try_again(const base::Error& error);

} // namespace deliver
