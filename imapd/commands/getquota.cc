// SPDX-License-Identifier: ISC
/// \file
/// GETQUOTA. RFC 9208 §4.1.1.

#include "commands/commands.h"

#include <string>

#include "commands/quota.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply getquota(Session& session, Request& request)
{
    request.args.space("the quota root");
    const std::string root = request.args.astring();
    request.args.end();

    const auto quota = session.store().quota();
    if (!quota)
        return Reply::from(quota.error());
    if (!*quota || root != quota_root)
        return Reply::no("There is no such quota root").code("NONEXISTENT");
    write_quota(session, **quota);
    return Reply::ok("GETQUOTA completed");
}

} // namespace imapd
