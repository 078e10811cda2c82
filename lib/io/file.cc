// SPDX-License-Identifier: ISC
#include "io/file.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scope_exit.h"

namespace io {

using base::Error;

namespace {

/// Calls `call` until it fails with anything but EINTR.
template <class Call>
auto retry(Call call)
{
    for (;;) {
        const auto n = call();
        if (n >= 0 || errno != EINTR)
            return n;
    }
}

} // namespace

base::Result<base::UniqueFd> open_at(int directory, const std::string& name, int flags,
                                     mode_t mode)
{
    const int fd = retry(
        [&] { return ::openat(directory, name.c_str(), flags | O_CLOEXEC, mode); });
    if (fd < 0)
        return Error::from_errno("open", name);
    return base::UniqueFd(fd);
}

base::Result<std::size_t> read(int fd, std::span<char> into)
{
    const ssize_t n = retry([&] { return ::read(fd, into.data(), into.size()); });
    if (n < 0)
        return Error::from_errno("read");
    return static_cast<std::size_t>(n);
}

base::Result<std::size_t> read_at(int fd, std::span<char> into, std::uint64_t offset)
{
    std::size_t done = 0;
    while (done < into.size()) {
        const ssize_t n = retry([&] {
            return ::pread(fd, into.data() + done, into.size() - done,
                           static_cast<off_t>(offset + done));
        });
        if (n < 0)
            return Error::from_errno("pread");
        if (n == 0)
            break;
        done += static_cast<std::size_t>(n);
    }
    return done;
}

base::Result<std::string> read_whole(int fd, std::size_t limit)
{
    std::string content;
    struct stat status = {};
    if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
        content.reserve(std::min(limit, static_cast<std::size_t>(status.st_size)) + 1);
    char buffer[16384];
    for (;;) {
        const auto n = read(fd, buffer);
        if (!n)
            return n.error();
        if (*n == 0)
            return content;
        if (content.size() + *n > limit)
            return Error{base::Errc::Limit,
                         "more than " + std::to_string(limit) + " octets"};
        content.append(buffer, *n);
    }
}

base::Result<std::string> read_file_at(int directory, const std::string& name,
                                       std::size_t limit)
{
    // Whoever put a FIFO there has us wait for its writer otherwise. It means nothing
    // for regular files.
    auto fd = open_at(directory, name, O_RDONLY | O_NONBLOCK);
    if (!fd)
        return fd.error();
    auto content = read_whole(fd->get(), limit);
    if (!content)
        return Error{content.error().code, name + ": " + content.error().text,
                     content.error().system_error};
    return content;
}

base::Status write_all(int fd, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t n =
            retry([&] { return ::write(fd, bytes.data(), bytes.size()); });
        if (n < 0)
            return Error::from_errno("write");
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return base::Done{};
}

base::Status sync(int fd)
{
    if (retry([&] { return ::fsync(fd); }) != 0)
        return Error::from_errno("fsync");
    return base::Done{};
}

base::Status sync_data(int fd)
{
    if (retry([&] { return ::fdatasync(fd); }) != 0)
        return Error::from_errno("fdatasync");
    return base::Done{};
}

base::Status settle(int fd)
{
    const int same = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (same < 0 || ::close(same) != 0)
        return Error::from_errno("close");
    return base::Done{};
}

base::Status lock(int fd)
{
    if (retry([&] { return ::flock(fd, LOCK_EX); }) != 0)
        return Error::from_errno("flock");
    return base::Done{};
}

base::Status replace_file_at(int directory, const std::string& name,
                             std::string_view bytes, mode_t mode)
{
    const std::string temporary = name + ".tmp." + std::to_string(::getpid());
    auto fd = open_at(directory, temporary, O_WRONLY | O_CREAT | O_TRUNC, mode);
    if (!fd)
        return fd.error();
    base::ScopeExit clean(
        [&] { static_cast<void>(::unlinkat(directory, temporary.c_str(), 0)); });
    if (auto done = write_all(fd->get(), bytes); !done)
        return done;
    if (auto done = sync(fd->get()); !done)
        return done;
    if (::renameat(directory, temporary.c_str(), directory, name.c_str()) != 0)
        return Error::from_errno("rename", name);
    clean.dismiss();
    return sync(directory);
}

} // namespace io
