// SPDX-License-Identifier: ISC
#include "maildir/list_directory.h"

#include <cerrno>
#include <memory>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "io/file.h"

namespace maildir {

using base::Done;
using base::Errc;
using base::Error;
using base::Result;
using base::Status;

namespace {

constexpr int max_depth = 16;

struct CloseDirectory {
    void operator()(DIR* stream) const { static_cast<void>(::closedir(stream)); }
};

Status remove_below(int directory, const std::string& name, int depth)
{
    if (::unlinkat(directory, name.c_str(), 0) == 0)
        return Done{};
    // Linux says EISDIR, POSIX EPERM.
    if (errno != EISDIR && errno != EPERM)
        return Error::from_errno("unlink", name);
    if (depth == max_depth)
        return Error{Errc::Limit, name + ": directories are nested too deep", 0};
    const auto inner =
        io::open_at(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!inner)
        return inner.error();
    const auto names = list_directory(inner->get());
    if (!names)
        return names.error();
    for (const std::string& file : *names) {
        const auto removed = remove_below(inner->get(), file, depth + 1);
        if (!removed && removed.error().code != Errc::NotFound)
            return removed;
    }
    if (::unlinkat(directory, name.c_str(), AT_REMOVEDIR) != 0)
        return Error::from_errno("rmdir", name);
    return Done{};
}

} // namespace

Result<std::vector<std::string>> list_directory(int directory)
{
    auto fd = io::open_at(directory, ".", O_RDONLY | O_DIRECTORY);
    if (!fd)
        return fd.error();
    const std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(fd->get()));
    if (!stream)
        return Error::from_errno("fdopendir");
    static_cast<void>(fd->release()); // the stream has it now
    std::vector<std::string> names;
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(stream.get());
        if (!entry && errno != 0)
            return Error::from_errno("readdir");
        if (!entry)
            return names;
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..")
            names.emplace_back(name);
    }
}

Status remove_all(int directory, const std::string& name)
{
    return remove_below(directory, name, 0);
}

} // namespace maildir
