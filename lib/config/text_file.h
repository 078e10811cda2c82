// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace config {

/// The content of the file at `path`, a regular one of up to `limit` octets.
/// For files an administrator wrote; `io` is for those that clients cause.
///
/// Errors: NotFound, NoPermission, Limit, Io; Cannot for a directory or device.
base::Result<std::string> read_text_file(const std::string& path, std::size_t limit);

} // namespace config
