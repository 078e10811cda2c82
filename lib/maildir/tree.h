// SPDX-License-Identifier: ISC
/// \file
/// All folders of one user: the Maildir++ layout.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/result.h"
#include "base/unique_fd.h"
#include "maildir/folder.h"

namespace maildir {

/// A user's Maildir. The root directory is INBOX itself; the folder `A.B` is the
/// directory `.A.B` beside its `new/` and `cur/`, whether or not there is a `.A`.
///
/// Folder names in here are as on disk without the leading dot: levels separated by
/// `.`, modified UTF-7. INBOX is "".
class Tree {
public:
    /// Longest name of a folder's directory, with its dot. Unit: octets.
    static constexpr std::size_t max_directory_name = 255;

    /// The Maildir at `path`; made with `new/`, `cur/`, `tmp/` and all directories
    /// above it that are missing. Errors: NoPermission, NoSpace, Io, Cannot if
    /// something in the way is not a directory.
    static base::Result<Tree> open_or_create(const std::string& path,
                                             mode_t mode = 0700);
    /// The same, but NotFound instead of making it.
    static base::Result<Tree> open(const std::string& path);

    /// The names of all folders, sorted, INBOX ("") first. A directory counts when
    /// its name is valid and there is a `cur`, `new` or `maildirfolder` in it.
    base::Result<std::vector<std::string>> list() const;
    bool exists(const std::string& name) const;

    base::Result<Folder> folder(const std::string& name) const;

    /// Makes a folder. Errors: Cannot if the name is not valid; Exists; NoSpace, Io.
    base::Result<Folder> create(const std::string& name) const;

    /// Removes a folder with all its mail; the folders below it stay. It is gone at
    /// once and as a whole: its directory is renamed out of sight, then emptied.
    /// Errors: NotFound; Cannot for INBOX; Io.
    base::Status remove(const std::string& name) const;

    /// The first half of `remove`, which takes no time: the folder is gone, and its
    /// mail lies where only `finish_removals` finds it. Errors as `remove`.
    base::Status hide(const std::string& name) const;

    /// Renames a folder and all folders below it. On an error those that had been
    /// renamed get their old names back. Errors: NotFound if there is neither a
    /// folder by that name nor one below it; Exists if any of the new names is
    /// taken; Cannot for INBOX and names that cannot be stored.
    base::Status rename(const std::string& from, const std::string& to) const;

    /// Whether `name` is below `parent`, at any depth.
    static bool is_below(std::string_view name, std::string_view parent);

    /// Whether `folder`, which was opened as `name`, is none any more: removed, by us
    /// or another server, rather than renamed. What is put into it then is gone with
    /// it. Costs a look at its name where it is still called so.
    bool has_lost(const Folder& folder, const std::string& name) const;

    /// Empties what `remove` had renamed when it was interrupted.
    base::Status finish_removals() const;

    /// Whether a folder can have this name: no empty level, no leading or trailing
    /// `.`, no `/`, no control character, not longer than a directory's name. ""
    /// (INBOX) is not a valid name in this sense.
    static bool is_valid(std::string_view name);

    /// The directory of a folder, relative to the root: "" or ".A.B".
    static std::string directory_of(std::string_view name);

    int fd() const { return root_.get(); }

private:
    Tree(base::UniqueFd root, mode_t mode) : root_(std::move(root)), mode_(mode) {}

    bool is_folder(const std::string& directory) const;

    base::UniqueFd root_;
    mode_t mode_;
};

} // namespace maildir
