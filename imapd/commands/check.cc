// SPDX-License-Identifier: ISC
/// \file
/// CHECK. RFC 3501 §6.4.1. There is nothing that a checkpoint would add: what was
/// answered OK is on disk. The updates follow as after every command.

#include "commands/commands.h"

#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply check(Session&, Request& request)
{
    request.args.end();
    return Reply::ok("CHECK completed");
}

} // namespace imapd
