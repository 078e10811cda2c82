// SPDX-License-Identifier: ISC
#include "deliver/spool.h"

#include <array>
#include <utility>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"

namespace deliver {
base::Result<base::UniqueFd> open_nameless(const std::string& directory)
{
    auto file = io::open_at(AT_FDCWD, directory, O_RDWR | O_TMPFILE | O_EXCL);
    if (file)
        return file;
    // A file system or a kernel that does not know O_TMPFILE.
    std::string path = directory + "/deliver.XXXXXX";
    base::UniqueFd made(::mkostemp(path.data(), O_CLOEXEC));
    if (!made)
        return base::Error::from_errno("mkostemp", path);
    static_cast<void>(::unlink(path.c_str()));
    return made;
}

Spool::Spool(std::string directory)
    : make_file_(
          [directory = std::move(directory)] { return open_nameless(directory); })
{
}

base::Result<Spool> Spool::of(base::UniqueFd file)
{
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0)
        return base::Error::from_errno("fstat", "the spool");
    if (!S_ISREG(status.st_mode)) // which could have us wait for ever
        return base::Error{base::Errc::Cannot, "the spool is no file"};
    Spool spool(MakeFile{});
    spool.size_ = static_cast<std::uint64_t>(status.st_size);
    spool.file_ = std::move(file);
    return spool;
}

base::Status Spool::write(std::string_view octets)
{
    size_ += octets.size();
    memory_ += octets;
    if (memory_.size() <= max_in_memory)
        return base::Done{};
    return spill();
}

base::Status Spool::spill()
{
    if (!file_) {
        auto file = make_file_();
        if (!file)
            return file.error();
        file_ = std::move(*file);
    }
    if (auto done = io::write_all(file_.get(), memory_); !done)
        return done;
    memory_.clear();
    return base::Done{};
}

base::Result<int> Spool::in_file()
{
    if (!file_) // a kernel that gives none has a file on disk made
        file_.reset(::memfd_create("message", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (auto done = spill(); !done)
        return done.error();
    return file_.get();
}

base::Status
Spool::read(const std::function<base::Status(std::string_view)>& take) const
{
    const std::uint64_t in_file = size_ - memory_.size();
    std::array<char, 65536> buffer;
    for (std::uint64_t at = 0; at < in_file;) {
        const auto n = io::read_at(file_.get(), buffer, at);
        if (!n)
            return n.error();
        if (*n == 0)
            return base::Error{base::Errc::Io, "the spool is shorter than it was"};
        if (auto done = take({buffer.data(), *n}); !done)
            return done;
        at += *n;
    }
    return take(memory_);
}

} // namespace deliver
