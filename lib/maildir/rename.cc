// SPDX-License-Identifier: ISC
#include "maildir/rename.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace maildir {
namespace {

int rename_by_link(int from, const std::string& name, int to,
                   const std::string& new_name)
{
    if (::linkat(from, name.c_str(), to, new_name.c_str(), 0) == 0) {
        static_cast<void>(::unlinkat(from, name.c_str(), 0));
        return 0;
    }
    if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
        return -1;
    // A directory, or no hard links (FAT): there is a moment between looking and
    // renaming, which names with 64 random bits in them can afford.
    if (::faccessat(to, new_name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return -1;
    }
    return ::renameat(from, name.c_str(), to, new_name.c_str());
}

} // namespace

int rename_if_free(int from, const std::string& name, int to,
                   const std::string& new_name)
{
    const int done =
        ::renameat2(from, name.c_str(), to, new_name.c_str(), RENAME_NOREPLACE);
    if (done == 0 || (errno != EINVAL && errno != ENOSYS))
        return done;
    return rename_by_link(from, name, to, new_name);
}

} // namespace maildir
