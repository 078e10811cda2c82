// SPDX-License-Identifier: ISC
/// \file
/// The one error type of the tree: what the caller can decide on, and a sentence.
#pragma once

#include <cerrno>
#include <string>
#include <string_view>

namespace base {

/// What a caller can act on. Two tables elsewhere read it: IMAP response codes
/// (RFC 5530) in `session/reply`, exit statuses in `deliver/exit_status`.
enum class Errc {
    Syntax,       ///< the text does not follow its grammar
    Limit,        ///< a named bound was passed
    NotFound,     ///< no such message, folder, file, user
    Exists,       ///< the name is taken
    NoSpace,      ///< ENOSPC, EFBIG: the file system has no room
    OverQuota,    ///< EDQUOT, or a Maildir++ quota
    NoPermission, ///< EACCES, EPERM
    ReadOnly,     ///< EROFS, or opened for reading only
    Busy,         ///< locked, or in use; another try may succeed
    Corrupt,      ///< what we read cannot be what was written
    Unsupported,  ///< the file system, the kernel or a setting cannot do it
    Cannot,       ///< the request can never succeed (a name that cannot be stored)
    Refused,      ///< authentication failed, or policy says no
    Timeout,      ///< a deadline passed
    Gone,         ///< the other end has closed
    Io,           ///< any other failure of the system
    Internal,     ///< our own invariant is broken
};

/// A failure that a caller may want to act on.
struct Error {
    Errc code = Errc::Internal;
    std::string text;     ///< a sentence without a full stop: what, where, why
    int system_error = 0; ///< the errno behind it, or 0

    /// The error for `errno` after a failed `call` on `object`, in the form
    /// "open /x/y: Permission denied".
    static Error from_errno(std::string_view call, std::string_view object = {},
                            int number = errno);
};

/// The code that goes with an errno: ENOENT is NotFound, EDQUOT OverQuota, …
Errc code_of_errno(int number);

/// The code in one lower-case word, for logs.
std::string_view name_of(Errc code);

} // namespace base
