// SPDX-License-Identifier: ISC
/// \file
/// LSUB. RFC 3501 §6.3.9.

#include "commands/commands.h"

#include <string>

#include "commands/levels.h"
#include "imap/list_pattern.h"
#include "session/request.h"

namespace imapd {

Reply lsub(Session& session, Request& request)
{
    const ListArguments args = parse_list(request.args);
    if (args.pattern.empty())
        return tell_separator(session, "LSUB");
    const auto subscribed = session.store().subscriptions();
    if (!subscribed)
        return Reply::from(subscribed.error());
    const char separator = session.names().separator();
    const imap::ListPattern pattern(args.reference + args.pattern, separator);
    const bool stops_at_levels = args.pattern.find('%') != std::string::npos;
    for (const auto& [name, is_subscribed] : levels_of(session.names(), *subscribed)) {
        // RFC 3501 §6.3.9: a level above a subscribed name shows only for `%`.
        if (pattern.matches(name) && (is_subscribed || stops_at_levels))
            write_level(session, "LSUB", is_subscribed ? "" : "\\Noselect", name);
    }
    return Reply::ok("LSUB completed");
}

} // namespace imapd
