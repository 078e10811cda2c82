// SPDX-License-Identifier: ISC
/// \file
/// One folder of a Maildir: its directories, and what is done to single files.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <sys/types.h>

#include "base/result.h"
#include "base/unique_fd.h"

namespace maildir {

/// Which of the two directories that hold messages.
enum class Where { New, Cur };

/// The state of a directory, or of a file, as far as stat(2) tells it. Equal stamps
/// say "not changed since", but see `Listing::is_stable`.
struct Stamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t mtime_ns = 0;
    bool operator==(const Stamp&) const = default;
};

/// What we ask of a message's file without opening it.
struct FileFacts {
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0; ///< arrival: IMAP's INTERNALDATE
    std::uint64_t links = 0;
};

/// Holds a folder's lock, and gives it back when it goes. Borrows the folder's
/// descriptor: the folder must outlive it.
class [[nodiscard]] FolderLock {
public:
    explicit FolderLock(int locked_fd) noexcept : fd_(locked_fd) {}
    FolderLock(FolderLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

private:
    int fd_;
};

/// A folder, held by the descriptors of its directory, `new/` and `cur/`: after
/// another program renames the folder we still work in the one we opened.
///
/// Names are file names, without a directory. Every failure keeps its errno in
/// `Error::system_error`.
class Folder {
public:
    /// The folder `sub` of the Maildir whose directory is `root_fd`: "" is the root
    /// itself (INBOX), else the name of a directory in it (".A.B"). `new/`, `cur/`
    /// and `tmp/` are made again where they are missing.
    ///
    /// Errors: NotFound if there is no such directory; NoPermission, Io, ….
    static base::Result<Folder> open(int root_fd, const std::string& sub);

    /// Makes the directory `sub` with `tmp/`, `new/` and `cur/` and, unless it is
    /// the root, an empty file `maildirfolder` in it; then opens it. All is on
    /// disk on return. What was left half made by a crash is completed.
    ///
    /// Errors: Exists if there is a folder by that name already (not for "").
    static base::Result<Folder> create(int root_fd, const std::string& sub,
                                       mode_t mode = 0700);

    /// The message's file, for reading. Regular files only; a symbolic link, a FIFO
    /// or a device is Corrupt. NotFound: renamed or expunged meanwhile.
    base::Result<base::UniqueFd> open_message(Where where,
                                              const std::string& name) const;

    /// Errors: NotFound; Corrupt for anything but a regular file.
    base::Result<FileFacts> stat(Where where, const std::string& name) const;

    /// Renames a file; never in place of another one. If the target is a hard link
    /// to the same file, the old name is removed: what a crash between link(2) and
    /// unlink(2) left behind.
    ///
    /// Errors: NotFound, Exists (the target is another file).
    base::Status rename(Where from, const std::string& name, Where to,
                        const std::string& new_name) const;

    base::Status remove(Where where, const std::string& name) const;

    /// Makes `new_name` here a hard link to a message of `source` (or of this very
    /// folder). `system_error` EXDEV, EMLINK, EPERM: the caller copies the bytes.
    base::Status link_from(const Folder& source, Where from, const std::string& name,
                           Where to, const std::string& new_name) const;

    /// The state of `new/` or `cur/` as of now.
    base::Result<Stamp> stamp(Where where) const;

    /// Waits for the folder's one lock: flock(2), exclusive, on its directory.
    /// Not recursive, and per `Folder`: a process that holds it through one Folder
    /// waits for itself if it asks through a second one. What a process that was
    /// killed has left half done is cleared away first: doomed.h.
    base::Result<FolderLock> lock() const;

    /// fsync(2) of one directory, or of new/ and cur/ both.
    base::Status sync_directory(Where where) const;
    base::Status sync_directories() const;

    /// `tmp/`, opened for the caller; made again if it is missing.
    base::Result<base::UniqueFd> open_tmp() const;

    /// Borrowed descriptors, valid as long as the Folder.
    int fd() const { return directory_.get(); }
    int fd(Where where) const { return where == Where::New ? new_.get() : cur_.get(); }

private:
    Folder(base::UniqueFd directory, base::UniqueFd new_fd, base::UniqueFd cur_fd)
        : directory_(std::move(directory)), new_(std::move(new_fd)),
          cur_(std::move(cur_fd))
    {
    }

    base::UniqueFd directory_;
    base::UniqueFd new_;
    base::UniqueFd cur_;
};

} // namespace maildir
