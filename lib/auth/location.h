// SPDX-License-Identifier: ISC
/// \file
/// Where somebody's mail is: `[mail] location` with its variables replaced.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace auth {

/// Longer user names are refused. Unit: octets.
inline constexpr std::size_t max_user = 255;

/// Done if `user` can be part of a path: not empty, no `/`, NUL or other control
/// character, no `..`, no `.` at the start of it or of its domain, at most one `@`
/// with something on both sides. Else Refused.
base::Status check_user(std::string_view user);

/// `pattern` with `~` at its start and `%h` as `home`, `%u` as `user`, `%n` and `%d` as
/// what stands before and after its `@`, `%%` as a percent sign. `maildir:` in front
/// is dropped, as are slashes at the end.
///
/// Errors: Refused for a user `check_user` refuses; Cannot if `home` or the domain is
/// needed and empty, if a variable is unknown, if the result is not absolute or has
/// a component `..`.
base::Result<std::string> expand_location(std::string_view pattern,
                                          std::string_view user, std::string_view home);

} // namespace auth
