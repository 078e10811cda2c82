// SPDX-License-Identifier: ISC
#include "deliver/spool.h"

#include <array>
#include <utility>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/file.h"

namespace deliver {
namespace {

/// A file without a name in `directory`.
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

} // namespace

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
        auto file = open_nameless(directory_);
        if (!file)
            return file.error();
        file_ = std::move(*file);
    }
    if (auto done = io::write_all(file_.get(), memory_); !done)
        return done;
    memory_.clear();
    return base::Done{};
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
