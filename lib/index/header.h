// SPDX-License-Identifier: ISC
/// \file
/// Our own header of the index file, in octets of its first page that LMDB leaves
/// alone.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace indexing {

/// What can be known of an index file before LMDB maps it.
///
/// It is not a record in a table, because it must be right when the tables are
/// not: after a crash of the machine any page may be an old one, and a mark inside
/// the tree that says "synced" may be read from such a page. At a fixed place in a
/// page of its own rights it is written in one piece, and synced before the first
/// change that makes it untrue.
///
/// LMDB uses the first 152 octets of each of the two pages that begin its file, and
/// writes no others of them once the file is made. Ours are at `offset`.
struct Header {
    /// The format of everything in the file. Raise it with each change of record.h.
    static constexpr std::uint32_t current_format = 2;
    static constexpr std::uint64_t offset = 1024;

    enum class State : std::uint32_t {
        InUse = 0,  ///< written since it was last closed
        Synced = 1, ///< closed, and on disk; `inode`, `size` and `mtime` are as left
    };

    std::uint32_t format = current_format;
    State state = State::InUse;
    std::string boot_id; ///< at most `max_boot_id` octets
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t mtime = 0; ///< seconds, set with futimens(2)

    static constexpr std::size_t max_boot_id = 40;

    /// Nothing if there is no header, or not a whole one.
    static std::optional<Header> read(int file);
    base::Status write(int file) const;
};

} // namespace indexing
