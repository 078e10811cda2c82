// SPDX-License-Identifier: ISC
/// \file
/// COPY and UID COPY. RFC 9051 §6.4.7; COPYUID of RFC 4315 §3.

#include "commands/commands.h"

#include <string>

#include "mailbox/copy.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply copy(Session& session, Request& request)
{
    request.args.space("the message numbers");
    const imap::SequenceSet messages = request.args.sequence_set();
    request.args.space("the mailbox name");
    const std::string name = request.args.mailbox();
    request.args.end();

    auto [mailbox, view, read_only] = session.selected();
    const auto uids = view.resolve(messages, request.numbering);
    if (!uids)
        return Reply::bad("No such message");
    const auto folder = session.names().folder(name);
    if (!folder)
        return Reply::from(folder.error());
    if (!session.store().exists(*folder)) // RFC 9051 §6.4.7
        return Reply::no("There is no such mailbox").code("TRYCREATE");
    if (uids->empty()) // UIDs that are not there are ignored, RFC 9051 §6.4.9
        return Reply::ok("COPY completed; there was nothing to copy");

    auto copy = mailbox::Copy::begin(session.store(), mailbox, *folder);
    if (!copy)
        return Reply::from(copy.error());
    const auto copies = copy->run(*uids);
    if (!copies && copies.error().code == base::Errc::NotFound)
        return Reply::no("Some of the messages are gone; nothing was copied")
            .code("EXPUNGEISSUED");
    if (!copies)
        return Reply::from(copies.error());
    return Reply::ok("COPY completed")
        .code("COPYUID", std::to_string(copies->uid_validity) + " " +
                             copies->from.to_text() + " " + copies->to.to_text());
}

} // namespace imapd
