// SPDX-License-Identifier: ISC
/// \file
/// UNSELECT: leaves the mailbox and expunges nothing. RFC 9051 §6.4.2, RFC 3691.

#include "commands/commands.h"

#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply unselect(Session& session, Request& request)
{
    request.args.end();
    session.unselect();
    return Reply::ok("UNSELECT completed");
}

} // namespace imapd
