// SPDX-License-Identifier: ISC
#include "maildir/tidy.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "maildir/list_directory.h"

namespace maildir {

base::Result<std::size_t> tidy(const Folder& folder, const base::Clock& clock)
{
    const auto tmp = folder.open_tmp();
    if (!tmp)
        return tmp.error();
    const auto names = list_directory(tmp->get());
    if (!names)
        return names.error();
    const std::int64_t now = clock.wall_us() / 1'000'000;
    std::size_t removed = 0;
    for (const std::string& name : *names) {
        struct stat status = {};
        if (::fstatat(tmp->get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
            S_ISDIR(status.st_mode))
            continue;
        // The later of both: an APPEND sets the one it can to the message's date.
        const std::int64_t used =
            std::max<std::int64_t>(status.st_atim.tv_sec, status.st_mtim.tv_sec);
        if (now - used > tmp_lifetime && ::unlinkat(tmp->get(), name.c_str(), 0) == 0)
            ++removed;
    }
    return removed;
}

} // namespace maildir
