// SPDX-License-Identifier: ISC
/// \file
/// STATUS. RFC 9051 §6.3.11. Looks at the folder on disk, and moves nothing there
/// (R24). The items are in status_items.cc.

#include "commands/commands.h"

#include <string>

#include "commands/status_items.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {

/// status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"
Reply status(Session& session, Request& request)
{
    request.args.space("the mailbox name");
    const std::string name = request.args.mailbox();
    request.args.space("the items");
    const StatusItems items = parse_status_items(request.args);
    request.args.end();

    const auto folder = session.names().folder(name);
    if (!folder)
        return Reply::from(folder.error());
    const auto counters = status_of(session, *folder, items);
    if (!counters && counters.error().code == base::Errc::NotFound)
        return Reply::no("There is no such mailbox").code("NONEXISTENT");
    if (!counters)
        return Reply::from(counters.error());
    write_status(session, *folder, items, *counters);
    return Reply::ok("STATUS completed");
}

} // namespace imapd
