// SPDX-License-Identifier: ISC
/// \file
/// IDLE. RFC 2177, RFC 9051 §6.3.13. The waiting is in session/loop.cc.

#include "commands/commands.h"

#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply idle(Session& session, Request& request)
{
    request.args.end();
    session.idle(request.tag);
    return Reply::later();
}

} // namespace imapd
