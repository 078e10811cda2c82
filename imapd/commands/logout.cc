// SPDX-License-Identifier: ISC
/// \file
/// LOGOUT. RFC 9051 §6.1.3.

#include "commands/commands.h"

#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply logout(Session& session, Request& request)
{
    request.args.end();
    session.writer().untagged("BYE Logging out");
    session.log_out();
    return Reply::ok("LOGOUT completed");
}

} // namespace imapd
