// SPDX-License-Identifier: ISC
#pragma once

#include <string_view>

#include "base/result.h"
#include "maildir/folder.h"
#include "maildir/name.h"

namespace deliver {

/// The bit that stands for `keyword` in file names of `folder`, which gets one if it
/// has none: on disk on return. Waits for the folder's lock.
///
/// Errors: Limit if all letters are taken; what reading and writing the table gives.
base::Result<maildir::KeywordBits> keyword_bit(const maildir::Folder& folder,
                                               std::string_view keyword);

} // namespace deliver
