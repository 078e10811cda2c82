// SPDX-License-Identifier: ISC
/// \file
/// EXPUNGE and UID EXPUNGE. RFC 9051 §6.4.3 and §6.4.9, RFC 4315 §2.1.
///
/// The EXPUNGE responses are the updates that follow.

#include "commands/commands.h"

#include <optional>

#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply expunge(Session& session, Request& request)
{
    std::optional<imap::SequenceSet> set;
    if (request.numbering == Numbering::Uid) {
        request.args.space("the UIDs");
        set = request.args.sequence_set();
    }
    request.args.end();

    auto [mailbox, view, read_only] = session.selected();
    if (read_only)
        return Reply::no("The mailbox is open for reading only").code("NOPERM");
    const auto uids = set ? view.resolve(*set, Numbering::Uid) : view.uids();
    if (!uids)
        return Reply::bad("No such message");
    const auto expunged = mailbox.expunge(*uids);
    if (!expunged)
        return Reply::from(expunged.error());
    session.tally().expunged += expunged->size();
    return Reply::ok("EXPUNGE completed");
}

} // namespace imapd
