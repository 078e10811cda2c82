// SPDX-License-Identifier: ISC
/// \file
/// Clearing away what crashed deliveries left in `tmp/`.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "base/result.h"
#include "maildir/folder.h"

namespace maildir {

/// A file in `tmp/` that has been neither read nor written for so long is nobody's
/// (maildir(5)). Unit: seconds.
inline constexpr std::int64_t tmp_lifetime = std::int64_t{36} * 3600;

/// So long after a look into `tmp/` there is no need of another one. Unit: seconds.
inline constexpr std::int64_t tidy_interval = std::int64_t{8} * 3600;

/// Removes the files in `tmp/` that are older. How many they were. A file that
/// cannot be removed is left alone.
///
/// The directory's time of access says when it was last read, by us or by Dovecot,
/// which goes by it too: within `tidy_interval` we do nothing. Costs one stat(2) then.
base::Result<std::size_t> tidy(const Folder& folder, const base::Clock& clock);

} // namespace maildir
