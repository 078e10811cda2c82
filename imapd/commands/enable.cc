// SPDX-License-Identifier: ISC
/// \file
/// ENABLE. RFC 5161, RFC 9051 §6.3.1: what we do not know is not enabled, and no error.
/// There is nothing to enable yet.

#include "commands/commands.h"

#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply enable(Session& session, Request& request)
{
    do {
        request.args.space("the capability");
        request.args.atom();
    } while (!request.args.at_end());
    session.writer().untagged("ENABLED");
    return Reply::ok("ENABLE completed");
}

} // namespace imapd
