// SPDX-License-Identifier: ISC
#include "maildir/tree.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"
#include "maildir/list_directory.h"
#include "maildir/rename.h"
#include "text/ascii.h"

namespace maildir {

using base::Done;
using base::Errc;
using base::Error;
using base::Result;
using base::Status;

namespace {

/// How often all names are looked at before we believe that a folder has none.
constexpr int looks_to_believe = 5;

/// Directories on their way out. Two dots make an empty level, which no folder's
/// name has: nobody lists them.
constexpr std::string_view removed_prefix = "..removed.";

Error invalid(const std::string& name)
{
    return Error{Errc::Cannot, "not a name a folder can have: " + name, 0};
}

Error in_the_way(const std::string& path)
{
    return Error{Errc::Cannot, "not a directory, or below a file: " + path, ENOTDIR};
}

/// Makes one directory and syncs the one it is in.
Status make_durable(const std::string& path, mode_t mode)
{
    if (::mkdir(path.c_str(), mode) != 0)
        return errno == EEXIST ? Status(Done{}) : Error::from_errno("mkdir", path);
    const auto slash = path.rfind('/');
    const std::string parent =
        slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const auto fd = io::open_at(AT_FDCWD, parent, O_RDONLY | O_DIRECTORY);
    // A parent that can be searched but not read is none of our business.
    return fd ? io::sync(fd->get()) : Status(Done{});
}

/// Makes all directories of `path` that are missing.
Status make_path(const std::string& path, mode_t mode)
{
    for (auto slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
        const std::string part = path.substr(0, slash);
        if (::access(part.c_str(), F_OK) == 0)
            continue;
        if (const auto made = make_durable(part, mode); !made)
            return made;
    }
    return make_durable(path, mode);
}

} // namespace

bool Tree::is_below(std::string_view name, std::string_view parent)
{
    return name.size() > parent.size() + 1 && name.substr(0, parent.size()) == parent &&
           name[parent.size()] == '.';
}

bool Tree::is_valid(std::string_view name)
{
    if (name.empty() || name.size() + 1 > max_directory_name)
        return false;
    if (name.front() == '.' || name.back() == '.' ||
        name.find("..") != std::string_view::npos)
        return false;
    return std::none_of(name.begin(), name.end(),
                        [](char c) { return c == '/' || text::is_control(c); });
}

std::string Tree::directory_of(std::string_view name)
{
    return name.empty() ? std::string() : "." + std::string(name);
}

Result<Tree> Tree::open(const std::string& path)
{
    auto root = io::open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
    if (!root)
        return root.error();
    return Tree(std::move(*root), 0700);
}

Result<Tree> Tree::open_or_create(const std::string& path, mode_t mode)
{
    auto tree = open(path);
    if (!tree && tree.error().code == Errc::NotFound) {
        if (const auto made = make_path(path, mode); !made)
            return made.error().system_error == ENOTDIR ? in_the_way(path)
                                                        : made.error();
        tree = open(path);
    }
    if (!tree)
        return tree.error().system_error == ENOTDIR ? in_the_way(path) : tree.error();
    tree->mode_ = mode;
    if (!tree->is_folder(".")) {
        if (const auto inbox = Folder::create(tree->fd(), "", mode); !inbox)
            return inbox.error();
    }
    return tree;
}

bool Tree::is_folder(const std::string& directory) const
{
    struct stat status = {};
    for (const char* mark : {"/cur", "/new", "/maildirfolder"}) {
        if (::fstatat(root_.get(), (directory + mark).c_str(), &status, 0) == 0)
            return true;
    }
    return false;
}

Result<std::vector<std::string>> Tree::list() const
{
    const auto files = list_directory(root_.get());
    if (!files)
        return files.error();
    std::vector<std::string> names = {""};
    for (const std::string& file : *files) {
        if (file.front() == '.' && is_valid(file.substr(1)) && is_folder(file))
            names.push_back(file.substr(1));
    }
    std::sort(names.begin(), names.end());
    return names;
}

bool Tree::exists(const std::string& name) const
{
    return name.empty() || (is_valid(name) && is_folder(directory_of(name)));
}

Result<Folder> Tree::folder(const std::string& name) const
{
    if (!name.empty() && !is_valid(name))
        return Error{Errc::NotFound, "no folder can have this name: " + name, 0};
    return Folder::open(root_.get(), directory_of(name));
}

Result<Folder> Tree::create(const std::string& name) const
{
    if (name.empty())
        return Error{Errc::Exists, "INBOX exists", EEXIST};
    if (!is_valid(name))
        return invalid(name);
    return Folder::create(root_.get(), directory_of(name), mode_);
}

Status Tree::hide(const std::string& name) const
{
    if (name.empty())
        return Error{Errc::Cannot, "INBOX cannot be removed", 0};
    if (!exists(name))
        return Error{Errc::NotFound, "no such folder: " + name, ENOENT};
    const std::string directory = directory_of(name);
    struct stat status = {};
    if (::fstatat(root_.get(), directory.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return Error::from_errno("stat", name);
    // The inode number is free: a directory that had it would still be there.
    const std::string hidden =
        std::string(removed_prefix) + std::to_string(status.st_ino);
    if (rename_if_free(root_.get(), directory, root_.get(), hidden) != 0)
        return Error::from_errno("rename", name);
    return io::sync(root_.get());
}

Status Tree::remove(const std::string& name) const
{
    if (const auto hidden = hide(name); !hidden)
        return hidden;
    return finish_removals();
}

bool Tree::has_lost(const Folder& folder, const std::string& name) const
{
    struct stat own = {};
    if (::fstat(folder.fd(), &own) != 0)
        return false; // nobody knows
    const auto is_called = [&](const std::string& file) {
        struct stat other = {};
        return ::fstatat(root_.get(), file.c_str(), &other, 0) == 0 &&
               other.st_dev == own.st_dev && other.st_ino == own.st_ino;
    };
    if (name.empty() || is_called(directory_of(name)))
        return false;
    // One that is renamed while we look may be seen under neither name.
    for (int round = 0; round < looks_to_believe; ++round) {
        const auto files = list_directory(root_.get());
        if (!files || std::any_of(files->begin(), files->end(), [&](const auto& file) {
                return file.front() == '.' && is_valid(file.substr(1)) &&
                       is_called(file);
            }))
            return false;
    }
    return true;
}

Status Tree::finish_removals() const
{
    const auto files = list_directory(root_.get());
    if (!files)
        return files.error();
    for (const std::string& file : *files) {
        if (file.compare(0, removed_prefix.size(), removed_prefix) != 0)
            continue;
        const auto removed = remove_all(root_.get(), file);
        if (!removed && removed.error().code != Errc::NotFound)
            return removed;
    }
    return Done{};
}

Status Tree::rename(const std::string& from, const std::string& to) const
{
    if (from.empty() || to.empty())
        return Error{Errc::Cannot, "INBOX cannot be renamed like a folder", 0};
    if (!is_valid(to))
        return invalid(to);
    const auto all = list();
    if (!all)
        return all.error();

    std::vector<std::pair<std::string, std::string>> moves;
    for (const std::string& name : *all) {
        if (name != from && !is_below(name, from))
            continue;
        std::string target = to + name.substr(from.size());
        if (!is_valid(target))
            return invalid(target);
        if (exists(target))
            return Error{Errc::Exists, "the name is taken: " + target, EEXIST};
        moves.emplace_back(directory_of(name), directory_of(target));
    }
    if (moves.empty())
        return Error{Errc::NotFound, "no such folder: " + from, ENOENT};

    for (std::size_t done = 0; done < moves.size(); ++done) {
        const auto& [old_name, new_name] = moves[done];
        if (rename_if_free(root_.get(), old_name, root_.get(), new_name) == 0)
            continue;
        const Error error = Error::from_errno("rename", old_name);
        while (done-- > 0)
            static_cast<void>(rename_if_free(root_.get(), moves[done].second,
                                             root_.get(), moves[done].first));
        return error;
    }
    return io::sync(root_.get());
}

} // namespace maildir
