// SPDX-License-Identifier: ISC
#pragma once

#include <string_view>

#include "base/result.h"

namespace indexing {

/// The name of a file system on which a map shared by several processes cannot be
/// relied on, by its magic number in statfs(2); empty for all others.
std::string_view unsuitable_file_system(unsigned long magic);

/// Unsupported if `directory` (a descriptor of `path`) is on such a file system.
base::Status check_file_system(int directory, std::string_view path);

} // namespace indexing
