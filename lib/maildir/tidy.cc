// SPDX-License-Identifier: ISC
#include "maildir/tidy.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "maildir/list_directory.h"

namespace maildir {
namespace {

/// A time in the future says nothing: a clock was wrong.
bool is_due(const Folder& folder, std::int64_t now)
{
    struct stat status = {};
    if (::fstatat(folder.fd(), "tmp", &status, 0) != 0)
        return false; // nothing there to be removed
    return status.st_atim.tv_sec <= now - tidy_interval || status.st_atim.tv_sec > now;
}

} // namespace

base::Result<std::size_t> tidy(const Folder& folder, const base::Clock& clock)
{
    const std::int64_t now = clock.wall_us() / 1'000'000;
    if (!is_due(folder, now))
        return std::size_t{0};
    const auto tmp = folder.open_tmp();
    if (!tmp)
        return tmp.error();
    const auto names = list_directory(tmp->get());
    if (!names)
        return names.error();
    // Reading it does so as well, but not where it is mounted without times of access.
    const timespec looked[2] = {{static_cast<time_t>(now), 0}, {0, UTIME_OMIT}};
    static_cast<void>(::futimens(tmp->get(), looked));
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
