// SPDX-License-Identifier: ISC
/// \file
/// MOVE and UID MOVE. RFC 9051 §6.4.8, RFC 6851.
///
/// The EXPUNGE responses are the updates that follow; COPYUID has to come before them
/// and is therefore in an untagged OK (RFC 6851 §4.3).

#include "commands/commands.h"

#include <string>

#include "mailbox/move.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply move(Session& session, Request& request)
{
    request.args.space("the message numbers");
    const imap::SequenceSet messages = request.args.sequence_set();
    request.args.space("the mailbox name");
    const std::string name = request.args.mailbox();
    request.args.end();

    auto [mailbox, view, read_only] = session.selected();
    if (read_only)
        return Reply::no("The mailbox is open for reading only").code("NOPERM");
    const auto uids = view.resolve(messages, request.numbering);
    if (!uids)
        return Reply::bad("No such message");
    const auto folder = session.names().folder(name);
    if (!folder)
        return Reply::from(folder.error());
    if (!session.store().exists(*folder)) // as COPY
        return Reply::no("There is no such mailbox").code("TRYCREATE");
    if (uids->empty()) // UIDs that are not there are ignored, RFC 9051 §6.4.9
        return Reply::ok("MOVE completed; there was nothing to move");

    auto move = mailbox::Move::begin(session.store(), mailbox, *folder);
    if (!move)
        return Reply::from(move.error());
    const auto moved = move->run(*uids);
    if (!moved && moved.error().code == base::Errc::NotFound)
        return Reply::no("Some of the messages are gone; nothing was moved")
            .code("EXPUNGEISSUED");
    if (!moved)
        return Reply::from(moved.error());
    if (const auto& copies = moved->copies; !copies.from.empty())
        session.writer().untagged("OK [COPYUID " + std::to_string(copies.uid_validity) +
                                  " " + copies.from.to_text() + " " +
                                  copies.to.to_text() + "] Moved");
    if (!moved->failed)
        return Reply::from(moved->failed.error());
    return Reply::ok("MOVE completed");
}

} // namespace imapd
