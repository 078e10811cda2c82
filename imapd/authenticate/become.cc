// SPDX-License-Identifier: ISC
#include "authenticate/become.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/drop.h"

namespace authenticate {

base::Status become(const auth::Identity& identity)
{
    if (auto done = sandbox::drop_to(identity.uid, identity.gid, identity.groups_of);
        !done)
        return done;
    if (auto done = sandbox::no_new_privileges(); !done)
        return done;
    ::umask(077);
    ::setenv("USER", identity.user.c_str(), 1);
    ::setenv("LOGNAME", identity.user.c_str(), 1);
    if (!identity.home.empty())
        ::setenv("HOME", identity.home.c_str(), 1);
    // A home that is not there is no error: the mail may be elsewhere.
    if ((identity.home.empty() || ::chdir(identity.home.c_str()) != 0) &&
        ::chdir("/") != 0)
        return base::Error::from_errno("chdir", "/");
    return base::Done{};
}

void close_all_but(std::span<const int> kept)
{
    std::vector<int> sorted(kept.begin(), kept.end());
    std::ranges::sort(sorted);
    unsigned int from = STDERR_FILENO + 1;
    for (const int fd : sorted) {
        const auto here = static_cast<unsigned int>(fd);
        if (here > from)
            ::close_range(from, here - 1, 0);
        from = std::max(from, here + 1);
    }
    ::close_range(from, ~0U, 0);
}

} // namespace authenticate
