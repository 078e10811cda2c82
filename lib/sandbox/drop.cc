// SPDX-License-Identifier: ISC
#include "sandbox/drop.h"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace sandbox {

using base::Done;
using base::Errc;
using base::Error;
using base::Status;

namespace {

Status set_groups(gid_t gid, const std::string& groups_of)
{
    if (groups_of.empty()) {
        if (::setgroups(0, nullptr) != 0)
            return Error::from_errno("setgroups");
        return Done{};
    }
    if (::initgroups(groups_of.c_str(), gid) != 0)
        return Error::from_errno("initgroups", groups_of);
    return Done{};
}

/// Whether this process is `uid` and `gid` in every respect and stays so.
bool is_for_good(uid_t uid, gid_t gid)
{
    uid_t uids[3] = {};
    gid_t gids[3] = {};
    if (::getresuid(&uids[0], &uids[1], &uids[2]) != 0 ||
        ::getresgid(&gids[0], &gids[1], &gids[2]) != 0)
        return false;
    for (int i = 0; i < 3; ++i) {
        if (uids[i] != uid || gids[i] != gid)
            return false;
    }
    return ::setuid(0) != 0 && ::seteuid(0) != 0 && ::setgid(0) != 0 &&
           ::setegid(0) != 0;
}

} // namespace

bool is_privileged()
{
    return ::geteuid() == 0;
}

Status drop_to(uid_t uid, gid_t gid, const std::string& groups_of)
{
    if (!is_privileged())
        return Done{};
    if (uid == 0 || gid == 0)
        return Error{Errc::Cannot, "uid 0 and gid 0 are nobody to drop to", 0};
    if (auto done = set_groups(gid, groups_of); !done)
        return done;
    if (::setresgid(gid, gid, gid) != 0)
        return Error::from_errno("setresgid", std::to_string(gid));
    if (::setresuid(uid, uid, uid) != 0)
        return Error::from_errno("setresuid", std::to_string(uid));
    if (!is_for_good(uid, gid))
        return Error{Errc::Internal, "root's rights can be had back", 0};
    return Done{};
}

Status jail(const std::string& directory)
{
    if (!is_privileged())
        return Done{};
    if (::chroot(directory.c_str()) != 0)
        return Error::from_errno("chroot", directory);
    if (::chdir("/") != 0)
        return Error::from_errno("chdir", "/");
    return Done{};
}

base::Result<base::UniqueFd> empty_directory()
{
    Error last{Errc::Internal, "nowhere to make a directory", 0};
    for (const char* const parent : {"/run", "/tmp", "/var/tmp"}) {
        std::string path = std::string(parent) + "/avocet-XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) {
            last = Error::from_errno("mkdtemp", path);
            continue;
        }
        base::UniqueFd directory(
            ::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        const int failure = errno;
        if (::rmdir(path.c_str()) != 0)
            return Error::from_errno("rmdir", path);
        if (!directory)
            return Error::from_errno("open", path, failure);
        return directory;
    }
    return last;
}

Status jail_at(const base::UniqueFd& directory)
{
    if (!is_privileged())
        return Done{};
    if (::fchdir(directory.get()) != 0)
        return Error::from_errno("fchdir");
    return jail(".");
}

Status jail_empty()
{
    if (!is_privileged())
        return Done{};
    const auto directory = empty_directory();
    return directory ? jail_at(*directory) : Status(directory.error());
}

Status no_new_privileges()
{
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return Error::from_errno("prctl", "PR_SET_NO_NEW_PRIVS");
    return Done{};
}

} // namespace sandbox
