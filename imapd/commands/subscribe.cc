// SPDX-License-Identifier: ISC
/// \file
/// SUBSCRIBE. RFC 9051 §6.3.7. The mailbox need not exist: a client may subscribe to
/// one that comes and goes.

#include "commands/commands.h"

#include <string>

#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply subscribe(Session& session, Request& request)
{
    request.args.space("the mailbox name");
    const std::string name = request.args.mailbox();
    request.args.end();

    const auto folder = session.names().folder(name);
    if (!folder)
        return Reply::from(folder.error());
    if (const auto done = session.store().subscribe(*folder); !done)
        return Reply::from(done.error());
    return Reply::ok("SUBSCRIBE completed");
}

} // namespace imapd
