// SPDX-License-Identifier: ISC
/// \file
/// LIST. RFC 3501 §6.3.8; \HasChildren of RFC 3348.
///
/// A folder `A.B` may exist without `A`: `A` is then a level of the hierarchy that
/// holds no mail, and LIST shows it as \Noselect.

#include "commands/commands.h"

#include <string>

#include "commands/levels.h"
#include "imap/list_pattern.h"
#include "session/request.h"

namespace imapd {

Reply list(Session& session, Request& request)
{
    const ListArguments args = parse_list(request.args);
    if (args.pattern.empty())
        return tell_separator(session, "LIST");
    const auto folders = session.store().list();
    if (!folders)
        return Reply::from(folders.error());
    const char separator = session.names().separator();
    const imap::ListPattern pattern(args.reference + args.pattern, separator);
    const Levels levels = levels_of(session.names(), *folders);
    for (const auto& [name, is_there] : levels) {
        if (!pattern.matches(name))
            continue;
        std::string attributes = is_there ? "" : "\\Noselect ";
        attributes +=
            has_children(levels, name, separator) ? "\\HasChildren" : "\\HasNoChildren";
        write_level(session, "LIST", attributes, name);
    }
    return Reply::ok("LIST completed");
}

} // namespace imapd
