// SPDX-License-Identifier: ISC
/// \file
/// GETQUOTAROOT. RFC 9208 §4.1.2: the mailbox need not exist.

#include "commands/commands.h"

#include <string>

#include "commands/quota.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply getquotaroot(Session& session, Request& request)
{
    request.args.space("the mailbox name");
    const std::string name = request.args.mailbox();
    request.args.end();

    const auto folder = session.names().folder(name);
    if (!folder)
        return Reply::from(folder.error());
    const auto quota = session.store().quota();
    if (!quota)
        return Reply::from(quota.error());
    auto& out = session.writer().begin().raw("QUOTAROOT ");
    out.mailbox(session.names().wire(*folder));
    if (*quota)
        out.space().astring(quota_root);
    out.end();
    if (*quota)
        write_quota(session, **quota);
    return Reply::ok("GETQUOTAROOT completed");
}

} // namespace imapd
