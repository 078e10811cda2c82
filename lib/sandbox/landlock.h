// SPDX-License-Identifier: ISC
/// \file
/// What of the file system a process can still reach (landlock(7)).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace sandbox {

/// Directories, and for `readable` also files, that stay within reach, with all that is
/// below them. What does not exist is left out.
struct Reach {
    std::vector<std::string> writable;
    std::vector<std::string> readable;
};

/// Confines this process and all that it forks to `reach`, for good. What is open stays
/// open. Nothing can be executed, and where the kernel knows of it (Linux 6.12), no
/// process outside can be sent a signal, nor what it has bound to an abstract name.
/// `no_new_privileges` must have been called.
///
/// Errors: Unsupported if the kernel has no Landlock, or one without the right to
/// rename between directories (before 5.19, R13); nothing is confined then.
base::Status confine(const Reach& reach);

/// Whether `confine` can do anything here: no error, or Unsupported with the reason.
base::Status can_confine();

} // namespace sandbox
