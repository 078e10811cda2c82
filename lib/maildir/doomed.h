// SPDX-License-Identifier: ISC
/// \file
/// `avocet-doomed`: messages that are to be removed by whoever locks the folder next.
///
/// COPY and APPEND of several messages happen whole or not at all (RFC 9051 §6.4.7, RFC
/// 3502 §6.3.11), also when the process that is at it is killed. There is no system
/// call that renames many files, so that we write down first which they will be: they
/// are doomed until all of them are there. MOVE goes on with the originals, which are
/// doomed as soon as the copies are not.
///
/// Everything in here is for a caller who holds the folder's lock.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "maildir/folder.h"

namespace maildir {

inline constexpr const char* doomed_file = "avocet-doomed";

/// Dooms the messages with these base names, which need not be there yet. On disk on
/// return. Replaces what was doomed before.
base::Status doom(const Folder& folder, const std::vector<std::string>& bases);

/// Nothing is doomed any more. On disk on return.
base::Status spare(const Folder& folder);

/// Removes what is doomed. Costs one failing open(2) where nothing is.
base::Status remove_doomed(const Folder& folder);

} // namespace maildir
