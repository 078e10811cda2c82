// SPDX-License-Identifier: ISC
/// \file
/// UNSUBSCRIBE. RFC 9051 §6.3.8.

#include "commands/commands.h"

#include <string>

#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply unsubscribe(Session& session, Request& request)
{
    request.args.space("the mailbox name");
    const std::string name = request.args.mailbox();
    request.args.end();

    const auto folder = session.names().folder(name);
    if (!folder)
        return Reply::from(folder.error());
    if (const auto done = session.store().unsubscribe(*folder); !done)
        return Reply::from(done.error());
    return Reply::ok("UNSUBSCRIBE completed");
}

} // namespace imapd
