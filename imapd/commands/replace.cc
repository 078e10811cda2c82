// SPDX-License-Identifier: ISC
/// \file
/// REPLACE and UID REPLACE: an APPEND and the removal of one message, at once. RFC
/// 8508.
///
/// The EXPUNGE response is among the updates that follow; APPENDUID has to come before
/// it and is therefore in an untagged OK (RFC 8508 §4.3).

#include "commands/commands.h"

#include <string>

#include "commands/upload.h"
#include "mailbox/append.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply replace(Session& session, Request& request)
{
    request.args.space("the message number");
    const imap::SequenceSet number = request.args.seq_number();
    request.args.space("the mailbox name");
    const std::string name = request.args.mailbox();
    Uploads uploads(session, request);
    uploads.next();
    const auto refuse = [&](Reply reply) {
        uploads.refuse();
        return reply;
    };

    auto [mailbox, view, read_only] = session.selected();
    if (read_only)
        return refuse(Reply::no("The mailbox is open for reading only").code("NOPERM"));
    const auto uids = view.resolve(number, request.numbering);
    if (!uids)
        return refuse(Reply::bad("No such message"));
    if (uids->empty()) // by UID; unlike a STORE, there is nothing to be done without it
        return refuse(Reply::no("There is no such message"));
    if (auto refusal = uploads.begin(name))
        return refuse(std::move(*refusal));
    if (auto refusal = uploads.receive())
        return refuse(std::move(*refusal));
    if (uploads.has_more()) // RFC 8508 §4.7
        return refuse(Reply::bad("Nothing may follow the message"));

    const auto replaced = uploads.append().replace(mailbox, uids->first());
    if (!replaced && replaced.error().code == base::Errc::NotFound)
        return Reply::no("The message is gone; nothing was replaced")
            .code("EXPUNGEISSUED");
    if (!replaced)
        return Reply::from(replaced.error());
    session.note_own(uploads.folder(), replaced->uids);
    ++session.tally().appended;
    ++session.tally().expunged;
    session.writer().untagged("OK [APPENDUID " +
                              std::to_string(replaced->uid_validity) + " " +
                              replaced->uids.to_text() + "] Replacement ready");
    return Reply::ok("REPLACE completed");
}

} // namespace imapd
