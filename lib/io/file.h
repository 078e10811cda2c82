// SPDX-License-Identifier: ISC
/// \file
/// System calls on files, with EINTR retried and short counts made up. The only
/// place in the tree that does either.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/result.h"
#include "base/unique_fd.h"

namespace io {

/// openat(2) with O_CLOEXEC added. `mode` counts where `flags` has O_CREAT.
base::Result<base::UniqueFd> open_at(int directory, const std::string& name, int flags,
                                     mode_t mode = 0600);

/// Up to `into.size()` octets; 0 at the end.
base::Result<std::size_t> read(int fd, std::span<char> into);

/// Up to `into.size()` octets from `offset`; fewer only at the end of the file.
base::Result<std::size_t> read_at(int fd, std::span<char> into, std::uint64_t offset);

/// All that is left in `fd`; Limit if that is more than `limit` octets.
base::Result<std::string> read_whole(int fd, std::size_t limit);

/// The content of a file; NotFound if there is none, Limit as above.
base::Result<std::string> read_file_at(int directory, const std::string& name,
                                       std::size_t limit);

/// Writes all of `bytes`.
base::Status write_all(int fd, std::string_view bytes);

/// fsync(2) and fdatasync(2).
base::Status sync(int fd);
base::Status sync_data(int fd);

/// What is known of failed writes without waiting for a disk: NFS and FUSE tell of a
/// full one when a file is closed, under any of its descriptors. `fd` stays open.
base::Status settle(int fd);

/// flock(2), exclusive; waits for as long as it takes. Gone with the last descriptor
/// of this open file, or with LOCK_UN.
base::Status lock(int fd);

/// Puts `bytes` in the place of the file `name`, whole or not at all: a temporary
/// file beside it, fsync, rename, fsync of the directory.
base::Status replace_file_at(int directory, const std::string& name,
                             std::string_view bytes, mode_t mode = 0600);

} // namespace io
