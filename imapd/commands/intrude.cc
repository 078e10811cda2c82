// SPDX-License-Identifier: ISC
/// \file
/// XINTRUDE: the client is an attacker who has taken the session over. In a build for
/// tests only; see sandbox/intruder.h.

#include "commands/commands.h"

#include "sandbox/intruder.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {

Reply intrude(Session& session, Request& request)
{
    request.args.space("the order");
    const std::string order = request.args.string();
    request.args.end();
    session.writer().untagged("OK " + sandbox::intrude(order));
    return Reply::ok("Done");
}

} // namespace imapd
