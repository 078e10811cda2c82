// SPDX-License-Identifier: ISC
#include "maildir/folder.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"
#include "maildir/doomed.h"
#include "maildir/rename.h"

namespace maildir {

using base::Done;
using base::Errc;
using base::Error;
using base::Result;
using base::Status;
using base::UniqueFd;

namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY;

std::int64_t nanoseconds(const timespec& time)
{
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

Status make_directory(int parent, const std::string& name, mode_t mode)
{
    if (::mkdirat(parent, name.c_str(), mode) != 0)
        return Error::from_errno("mkdir", name);
    return Done{};
}

/// The mode that directories made anew in `directory` get: its own.
mode_t mode_of(int directory)
{
    struct stat status = {};
    if (::fstat(directory, &status) != 0)
        return 0700;
    return status.st_mode & 0777;
}

/// Makes a directory again that should be there.
Status make_again(int parent, const std::string& name)
{
    const auto made = make_directory(parent, name, mode_of(parent));
    return made || made.error().code == Errc::Exists ? Done{} : made;
}

/// Opens a directory, which is made if it is missing.
Result<UniqueFd> open_or_make(int parent, const std::string& name)
{
    auto fd = io::open_at(parent, name, directory_flags);
    if (fd || fd.error().code != Errc::NotFound)
        return fd;
    if (const auto made = make_again(parent, name); !made)
        return made.error();
    return io::open_at(parent, name, directory_flags);
}

/// An error for names that exist but are no message.
Error not_a_message(const std::string& name)
{
    return Error{Errc::Corrupt, name + " is not a regular file", 0};
}

/// What is known of the two names of a rename when the target exists.
struct Both {
    bool is_same_file = false;
    bool is_one_entry = false; ///< two spellings of one directory entry
};

Both compare(int from, const std::string& name, int to, const std::string& new_name)
{
    struct stat a = {};
    struct stat b = {};
    if (::fstatat(from, name.c_str(), &a, AT_SYMLINK_NOFOLLOW) != 0 ||
        ::fstatat(to, new_name.c_str(), &b, AT_SYMLINK_NOFOLLOW) != 0)
        return {};
    const bool same = a.st_dev == b.st_dev && a.st_ino == b.st_ino;
    // One link seen under two names: a file system that ignores case. Removing the
    // "other" name would remove the message.
    return {same, same && a.st_nlink < 2};
}

} // namespace

FolderLock::~FolderLock()
{
    if (fd_ >= 0)
        static_cast<void>(::flock(fd_, LOCK_UN));
}

Result<Folder> Folder::open(int root_fd, const std::string& sub)
{
    auto directory = io::open_at(root_fd, sub.empty() ? "." : sub, directory_flags);
    if (!directory)
        return directory.error();
    auto new_fd = open_or_make(directory->get(), "new");
    if (!new_fd)
        return new_fd.error();
    auto cur_fd = open_or_make(directory->get(), "cur");
    if (!cur_fd)
        return cur_fd.error();
    if (::faccessat(directory->get(), "tmp", F_OK, 0) != 0)
        if (const auto made = make_again(directory->get(), "tmp"); !made)
            return made.error();
    return Folder(std::move(*directory), std::move(*new_fd), std::move(*cur_fd));
}

Result<Folder> Folder::create(int root_fd, const std::string& sub, mode_t mode)
{
    if (!sub.empty()) {
        const auto made = make_directory(root_fd, sub, mode);
        if (!made && made.error().code != Errc::Exists)
            return made.error();
        // `cur/` is made last: without it, the directory is what a crash left.
        struct stat status = {};
        if (!made && ::fstatat(root_fd, (sub + "/cur").c_str(), &status, 0) == 0)
            return made.error();
    }
    const auto directory =
        io::open_at(root_fd, sub.empty() ? "." : sub, directory_flags);
    if (!directory)
        return directory.error();
    if (!sub.empty()) {
        const auto mark =
            io::open_at(directory->get(), "maildirfolder", O_WRONLY | O_CREAT, 0600);
        if (!mark)
            return mark.error();
    }
    for (const char* name : {"tmp", "new", "cur"}) {
        const auto made = make_directory(directory->get(), name, mode);
        if (!made && made.error().code != Errc::Exists)
            return made.error();
    }
    if (const auto synced = io::sync(directory->get()); !synced)
        return synced.error();
    if (const auto synced = io::sync(root_fd); !synced)
        return synced.error();
    return open(root_fd, sub);
}

Result<UniqueFd> Folder::open_message(Where where, const std::string& name) const
{
    // O_NONBLOCK: opening a FIFO must not wait for its writer. It means nothing for
    // regular files.
    auto file = io::open_at(fd(where), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!file) {
        if (file.error().system_error == ELOOP || file.error().system_error == ENXIO)
            return not_a_message(name);
        return file;
    }
    struct stat status = {};
    if (::fstat(file->get(), &status) != 0)
        return Error::from_errno("fstat", name);
    if (!S_ISREG(status.st_mode))
        return not_a_message(name);
    return file;
}

Result<FileFacts> Folder::stat(Where where, const std::string& name) const
{
    struct stat status = {};
    if (::fstatat(fd(where), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return Error::from_errno("stat", name);
    if (!S_ISREG(status.st_mode))
        return not_a_message(name);
    return FileFacts{status.st_ino, static_cast<std::uint64_t>(status.st_size),
                     nanoseconds(status.st_mtim), status.st_nlink};
}

Status Folder::rename(Where from, const std::string& name, Where to,
                      const std::string& new_name) const
{
    if (rename_if_free(fd(from), name, fd(to), new_name) == 0)
        return Done{};
    if (errno != EEXIST)
        return Error::from_errno("rename", name);
    if (from == to && name == new_name)
        return Done{};

    const Both both = compare(fd(from), name, fd(to), new_name);
    if (!both.is_same_file)
        return Error::from_errno("rename", new_name, EEXIST);
    if (both.is_one_entry) {
        if (::renameat(fd(from), name.c_str(), fd(to), new_name.c_str()) != 0)
            return Error::from_errno("rename", name);
        return Done{};
    }
    return remove(from, name);
}

Status Folder::remove(Where where, const std::string& name) const
{
    if (::unlinkat(fd(where), name.c_str(), 0) != 0)
        return Error::from_errno("unlink", name);
    return Done{};
}

Status Folder::link_from(const Folder& source, Where from, const std::string& name,
                         Where to, const std::string& new_name) const
{
    if (::linkat(source.fd(from), name.c_str(), fd(to), new_name.c_str(), 0) != 0)
        return Error::from_errno("link", name);
    return Done{};
}

Result<Stamp> Folder::stamp(Where where) const
{
    struct stat status = {};
    if (::fstat(fd(where), &status) != 0)
        return Error::from_errno("fstat", where == Where::New ? "new" : "cur");
    return Stamp{status.st_dev, status.st_ino, nanoseconds(status.st_mtim)};
}

Result<FolderLock> Folder::lock() const
{
    if (const auto locked = io::lock(fd()); !locked)
        return locked.error();
    FolderLock lock(fd());
    // Failing at it is no reason not to serve: whoever comes next tries again.
    static_cast<void>(remove_doomed(*this));
    return lock;
}

Status Folder::sync_directory(Where where) const
{
    return io::sync(fd(where));
}

Status Folder::sync_directories() const
{
    if (const auto synced = io::sync(new_.get()); !synced)
        return synced;
    return io::sync(cur_.get());
}

Result<UniqueFd> Folder::open_tmp() const
{
    return open_or_make(fd(), "tmp");
}

} // namespace maildir
