// SPDX-License-Identifier: ISC
/// \file
/// CLOSE. RFC 9051 §6.4.1: removes what is \Deleted without a word of it, if the
/// mailbox is open for writing, and leaves it.

#include "commands/commands.h"

#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply close(Session& session, Request& request)
{
    request.args.end();
    auto [mailbox, view, read_only] = session.selected();
    base::Status done = base::Done{};
    if (!read_only) {
        if (const auto expunged = mailbox.expunge(view.uids()); expunged)
            session.tally().expunged += expunged->size();
        else
            done = expunged.error();
    }
    session.unselect();
    if (!done)
        return Reply::from(done.error());
    return Reply::ok("CLOSE completed");
}

} // namespace imapd
