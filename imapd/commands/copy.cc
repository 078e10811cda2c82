// SPDX-License-Identifier: ISC
/// \file
/// COPY and UID COPY. RFC 9051 §6.4.7; COPYUID of RFC 4315 §3.

#include "commands/commands.h"

#include "commands/transfer.h"
#include "mailbox/copy.h"

namespace imapd {

Reply copy(Session& session, Request& request)
{
    const TransferArguments args = parse_transfer(request.args);
    const auto found = look_up(session, request, args);
    if (const auto* refusal = std::get_if<Reply>(&found))
        return *refusal;
    const auto& [uids, folder] = std::get<Transfer>(found);
    if (uids.empty())
        return Reply::ok("COPY completed; there was nothing to copy");

    auto copy =
        mailbox::Copy::begin(session.store(), session.selected().mailbox, folder);
    if (!copy)
        return Reply::from(copy.error());
    const auto copies = copy->run(uids);
    if (!copies && copies.error().code == base::Errc::NotFound)
        return Reply::no("Some of the messages are gone; nothing was copied")
            .code("EXPUNGEISSUED");
    if (!copies)
        return Reply::from(copies.error());
    session.note_own(folder, copies->to);
    session.tally().copied += copies->to.size();
    return Reply::ok("COPY completed").code("COPYUID", copy_uid(*copies));
}

} // namespace imapd
