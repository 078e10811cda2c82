// SPDX-License-Identifier: ISC
/// \file
/// LSUB. RFC 3501 §6.3.9.

#include "commands/commands.h"

#include <set>
#include <string>

#include "commands/levels.h"
#include "commands/list_arguments.h"
#include "session/request.h"

namespace imapd {

Reply lsub(Session& session, Request& request)
{
    const ListArguments args = parse_lsub(request.args);
    if (args.patterns.front().empty())
        return tell_separator(session, "LSUB");
    const auto subscribed = session.store().subscriptions();
    if (!subscribed)
        return Reply::from(subscribed.error());
    const char separator = session.names().separator();
    const ListPatterns patterns(args.reference, args.patterns, separator);
    const Levels levels = levels_of(session.names(), {}, *subscribed, {});

    // A level above a subscribed name shows where the name itself does not, which is
    // what `%` brings about, and has \Noselect for that.
    std::set<std::string, std::less<>> above_unmatched;
    for (const auto& [name, level] : levels) {
        if (level.is_subscribed && !patterns.match(name))
            for_each_above(name, separator, [&](std::string_view above) {
                above_unmatched.emplace(above);
            });
    }
    for (const auto& [name, level] : levels) {
        if (!patterns.match(name))
            continue;
        if (level.is_subscribed)
            write_level(session, "LSUB", "", name);
        else if (above_unmatched.contains(name))
            write_level(session, "LSUB", "\\Noselect", name);
    }
    return Reply::ok("LSUB completed");
}

} // namespace imapd
