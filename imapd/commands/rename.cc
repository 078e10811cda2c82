// SPDX-License-Identifier: ISC
/// \file
/// RENAME. RFC 9051 §6.3.6: all mailboxes below go along, INBOX gives its messages away
/// and stays, and subscriptions are left as they are.

#include "commands/commands.h"

#include <string>

#include "session/request.h"
#include "session/session.h"

namespace imapd {

Reply rename_mailbox(Session& session, Request& request)
{
    request.args.space("the mailbox name");
    const std::string old_name = request.args.mailbox();
    request.args.space("the new name");
    const std::string new_name = request.args.mailbox();
    request.args.end();

    const auto from = session.names().folder(old_name);
    if (!from)
        return Reply::from(from.error());
    const auto to = session.names().new_folder(new_name);
    if (!to)
        return Reply::from(to.error());
    if (to->empty() || session.store().exists(*to))
        return Reply::no("There is a mailbox with the new name").code("ALREADYEXISTS");
    if (from->empty()) { // RFC 9051 §6.3.6: its messages move
        session.note_own(*from, {});
        session.note_own(*to, {});
    }
    const auto done = session.store().rename(*from, *to);
    if (!done && done.error().code == base::Errc::NotFound)
        return Reply::no("There is no such mailbox").code("NONEXISTENT");
    if (!done)
        return Reply::from(done.error());
    return Reply::ok("RENAME completed");
}

} // namespace imapd
