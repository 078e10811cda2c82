// SPDX-License-Identifier: ISC
/// \file
/// Appending to `dovecot-uidlist` without holding it in memory.
#pragma once

#include <span>

#include "base/result.h"
#include "maildir/uidlist.h"

namespace maildir {

/// Writes `lines` at the end of the version 3 list of a folder that is still as
/// `known` says, waits until they are on disk (fdatasync), and gives its new state.
///
/// For the arrival of a message in a mailbox of 100,000: the caller knows from its
/// index which UID comes next and needs none of the other lines. Needs the folder's
/// lock. Cost: O(lines), whatever the list's size.
///
/// Errors: Busy if the file is not as known (load the whole list then), or ends in a
/// torn line; Cannot for a base name that the list cannot hold; NoSpace, OverQuota, Io:
/// nothing has been appended.
base::Result<FileStamp> append_uid_lines(int folder_fd, const FileStamp& known,
                                         std::span<const UidList::Line> lines);

} // namespace maildir
