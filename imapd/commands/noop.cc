// SPDX-License-Identifier: ISC
/// \file
/// NOOP. RFC 9051 §6.1.2. What it is for, the updates, follows every command.

#include "commands/commands.h"

#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply noop(Session&, Request& request)
{
    request.args.end();
    return Reply::ok("NOOP completed");
}

} // namespace imapd
