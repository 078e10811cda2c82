// SPDX-License-Identifier: ISC
/// \file
/// The names in a small directory. For `new/` and `cur/` see scan.h.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace maildir {

/// All names in the directory but `.` and `..`, in no order.
base::Result<std::vector<std::string>> list_directory(int directory);

/// Removes `name` in `directory` with all that is in it. Symbolic links are removed,
/// not followed. Errors: Limit if directories are nested deeper than 16; Io, ….
base::Status remove_all(int directory, const std::string& name);

} // namespace maildir
