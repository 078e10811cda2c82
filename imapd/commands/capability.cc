// SPDX-License-Identifier: ISC
/// \file
/// CAPABILITY. RFC 9051 §6.1.1.

#include "commands/commands.h"

#include "session/capability.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply capability(Session& session, Request& request)
{
    request.args.end();
    session.writer().untagged("CAPABILITY " + capabilities(session.settings()));
    return Reply::ok("CAPABILITY completed");
}

} // namespace imapd
