// SPDX-License-Identifier: ISC
/// \file
/// What the tests of this room share: a directory that goes away, files in it, and
/// a clock and randomness that hold still.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/unique_fd.h"
#include "io/file.h"
#include "maildir/list_directory.h"

namespace maildir_test {

/// An empty directory, removed with all that is in it.
class Temporary {
public:
    Temporary()
    {
        const char* base = std::getenv("TMPDIR");
        path_ = std::string(base ? base : "/tmp") + "/maildir-test.XXXXXX";
        if (!::mkdtemp(path_.data()))
            std::abort();
        fd_.reset(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    ~Temporary() { static_cast<void>(maildir::remove_all(AT_FDCWD, path_)); }

    const std::string& path() const { return path_; }
    int fd() const { return fd_.get(); }

    void write(const std::string& name, std::string_view bytes) const
    {
        const auto file =
            io::open_at(fd(), name, O_WRONLY | O_CREAT | O_TRUNC).value().release();
        static_cast<void>(io::write_all(file, bytes));
        ::close(file);
    }
    std::string read(const std::string& name) const
    {
        const auto text = io::read_file_at(fd(), name, 1 << 28);
        return text ? *text : "(" + text.error().text + ")";
    }
    bool has(const std::string& name) const
    {
        return ::faccessat(fd(), name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    }
    void make_directory(const std::string& name) const
    {
        static_cast<void>(::mkdirat(fd(), name.c_str(), 0700));
    }
    /// The names in a directory below, sorted and joined by blanks.
    std::string names(const std::string& directory) const
    {
        const auto below =
            io::open_at(fd(), directory, O_RDONLY | O_DIRECTORY).value().release();
        auto list = maildir::list_directory(below).value();
        ::close(below);
        std::sort(list.begin(), list.end());
        std::string joined;
        for (const std::string& name : list)
            joined += (joined.empty() ? "" : " ") + name;
        return joined;
    }
    /// Sets the times of access and modification. Unit: seconds.
    void set_times(const std::string& name, std::int64_t accessed,
                   std::int64_t modified) const
    {
        const timespec times[2] = {{accessed, 0}, {modified, 0}};
        static_cast<void>(::utimensat(fd(), name.c_str(), times, 0));
    }

private:
    std::string path_;
    base::UniqueFd fd_;
};

/// A clock that stands where it is put.
class FixedClock final : public base::Clock {
public:
    explicit FixedClock(std::int64_t wall_us) : wall_us_(wall_us) {}
    std::int64_t wall_us() const override { return wall_us_; }
    std::int64_t steady_us() const override { return wall_us_; }

private:
    std::int64_t wall_us_;
};

/// The same octet for ever.
class FixedRandom final : public base::Random {
public:
    explicit FixedRandom(unsigned char octet = 0xab) : octet_(octet) {}
    void fill(std::span<std::byte> out) override
    {
        std::fill(out.begin(), out.end(), std::byte{octet_});
    }

private:
    unsigned char octet_;
};

} // namespace maildir_test
