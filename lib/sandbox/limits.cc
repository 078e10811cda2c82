// SPDX-License-Identifier: ISC
#include "sandbox/limits.h"

#include <algorithm>

namespace sandbox {

using base::Done;
using base::Error;
using base::Status;

namespace {

/// Both limits to `value`, or to the hard one where that is lower.
Status lower(__rlimit_resource_t resource, rlim_t value, const char* name)
{
    rlimit limit = {};
    if (::getrlimit(resource, &limit) != 0)
        return Error::from_errno("getrlimit", name);
    limit.rlim_max = std::min(limit.rlim_max, value);
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(resource, &limit) != 0)
        return Error::from_errno("setrlimit", name);
    return Done{};
}

} // namespace

Status limit_core()
{
    return lower(RLIMIT_CORE, 0, "RLIMIT_CORE");
}

Status limit_files(rlim_t count)
{
    return lower(RLIMIT_NOFILE, count, "RLIMIT_NOFILE");
}

Status limit_data(rlim_t octets)
{
#if defined(__SANITIZE_ADDRESS__)
    octets = 0;
#endif
    return octets == 0 ? Status(Done{}) : lower(RLIMIT_DATA, octets, "RLIMIT_DATA");
}

Status limit_processes()
{
    return lower(RLIMIT_NPROC, 0, "RLIMIT_NPROC");
}

Status raise_files(rlim_t count)
{
    rlimit limit = {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return Error::from_errno("getrlimit", "RLIMIT_NOFILE");
    limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, count));
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return Error::from_errno("setrlimit", "RLIMIT_NOFILE");
    return Done{};
}

} // namespace sandbox
