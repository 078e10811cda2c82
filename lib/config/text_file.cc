// SPDX-License-Identifier: ISC
#include "config/text_file.h"

#include <cerrno>
#include <cstdio>
#include <memory>

#include <sys/stat.h>

namespace config {

using base::Errc;
using base::Error;

base::Result<std::string> read_text_file(const std::string& path, std::size_t limit)
{
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    // "e" is O_CLOEXEC. A FIFO would keep us waiting here; whoever can put one in the
    // place of a configuration file can do worse.
    const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "re"));
    if (!file)
        return Error::from_errno("open", path);
    struct stat status = {};
    if (::fstat(::fileno(file.get()), &status) != 0)
        return Error::from_errno("fstat", path);
    if (!S_ISREG(status.st_mode))
        return Error{Errc::Cannot, path + ": not a regular file", 0};

    std::string content;
    char buffer[16384];
    for (;;) {
        const std::size_t n = std::fread(buffer, 1, sizeof buffer, file.get());
        if (content.size() + n > limit)
            return Error{Errc::Limit,
                         path + ": more than " + std::to_string(limit) + " octets", 0};
        content.append(buffer, n);
        if (n < sizeof buffer)
            break;
    }
    if (std::ferror(file.get()) != 0)
        return Error::from_errno("read", path);
    return content;
}

} // namespace config
