// SPDX-License-Identifier: ISC
/// \file
/// rename(2) that never replaces anything.
#pragma once

#include <string>

namespace maildir {

/// Renames a file or directory unless the new name is taken. As a system call: 0, or
/// -1 and errno, EEXIST if it is taken. Names are relative to the descriptors.
///
/// Where the file system has no RENAME_NOREPLACE (NFS, some FUSE) a file is linked
/// and unlinked; where it has no links either, we look first.
int rename_if_free(int from, const std::string& name, int to,
                   const std::string& new_name);

} // namespace maildir
