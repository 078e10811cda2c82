// SPDX-License-Identifier: ISC
#include "config/text_file.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/unique_fd.h"

namespace config {

using base::Errc;
using base::Error;

base::Result<std::string> read_text_file(const std::string& path, std::size_t limit)
{
    // A FIFO would keep us waiting here; whoever can put one in the place of a
    // configuration file can do worse.
    const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file)
        return Error::from_errno("open", path);
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0)
        return Error::from_errno("fstat", path);
    if (!S_ISREG(status.st_mode))
        return Error{Errc::Cannot, path + ": not a regular file", 0};

    // An octet more than there should be tells whether the file has grown.
    std::string content(std::min(static_cast<std::size_t>(status.st_size), limit) + 1,
                        '\0');
    std::size_t size = 0;
    for (;;) {
        const ssize_t n =
            ::read(file.get(), content.data() + size, content.size() - size);
        if (n < 0)
            return Error::from_errno("read", path);
        size += static_cast<std::size_t>(n);
        if (size > limit)
            return Error{Errc::Limit,
                         path + ": more than " + std::to_string(limit) + " octets", 0};
        if (n == 0)
            break;
        if (size == content.size())
            content.resize(std::min(2 * size, limit + 1));
    }
    content.resize(size);
    return content;
}

} // namespace config
