// SPDX-License-Identifier: ISC
/// \file
/// MOVE and UID MOVE. RFC 9051 §6.4.8, RFC 6851.
///
/// The EXPUNGE responses are the updates that follow; COPYUID has to come before them
/// and is therefore in an untagged OK (RFC 6851 §4.3).

#include "commands/commands.h"

#include "commands/transfer.h"
#include "mailbox/move.h"

namespace imapd {

Reply move(Session& session, Request& request)
{
    const TransferArguments args = parse_transfer(request.args);
    auto [mailbox, view, read_only] = session.selected();
    if (read_only)
        return Reply::no("The mailbox is open for reading only").code("NOPERM");
    const auto found = look_up(session, request, args);
    if (const auto* refusal = std::get_if<Reply>(&found))
        return *refusal;
    const auto& [uids, folder] = std::get<Transfer>(found);
    if (uids.empty())
        return Reply::ok("MOVE completed; there was nothing to move");

    auto move = mailbox::Move::begin(session.store(), mailbox, folder);
    if (!move)
        return Reply::from(move.error());
    const auto moved = move->run(uids);
    if (!moved && moved.error().code == base::Errc::NotFound)
        return Reply::no("Some of the messages are gone; nothing was moved")
            .code("EXPUNGEISSUED");
    if (!moved)
        return Reply::from(moved.error());
    session.note_own(folder, moved->copies.to);
    session.tally().copied += moved->copies.to.size();
    session.tally().expunged += moved->copies.from.size();
    if (const auto& copies = moved->copies; !copies.from.empty())
        session.writer().untagged("OK [COPYUID " + copy_uid(copies) + "] Moved");
    if (!moved->failed)
        return Reply::from(moved->failed.error());
    return Reply::ok("MOVE completed");
}

} // namespace imapd
