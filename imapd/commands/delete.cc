// SPDX-License-Identifier: ISC
/// \file
/// DELETE. RFC 9051 §6.3.5: the mailboxes below it stay, and so do subscriptions.

#include "commands/commands.h"

#include <algorithm>
#include <string>

#include "session/request.h"
#include "session/session.h"

namespace imapd {
namespace {

/// Why there was nothing to delete: a level without a mailbox, which is an error of its
/// own, or nothing at all.
Reply nothing_to_delete(Session& session, const std::string& folder)
{
    const auto folders = session.store().list();
    const auto is_below = [&](const std::string& name) {
        return name.starts_with(folder + ".");
    };
    if (folders && std::any_of(folders->begin(), folders->end(), is_below))
        return Reply::no("There are only mailboxes below that name")
            .code("HASCHILDREN");
    return Reply::no("There is no such mailbox").code("NONEXISTENT");
}

} // namespace

Reply delete_mailbox(Session& session, Request& request)
{
    request.args.space("the mailbox name");
    const std::string name = request.args.mailbox();
    request.args.end();

    const auto folder = session.names().folder(name);
    if (!folder)
        return Reply::from(folder.error());
    if (folder->empty())
        return Reply::no("INBOX cannot be deleted").code("CANNOT");
    const bool is_selected =
        session.has_selected() && session.selected().mailbox.name() == *folder;
    const auto done = session.store().remove(*folder);
    if (!done && done.error().code == base::Errc::NotFound)
        return nothing_to_delete(session, *folder);
    if (!done)
        return Reply::from(done.error());
    if (is_selected) { // nothing is left that could be selected
        session.unselect();
        session.writer().untagged("OK [CLOSED] The selected mailbox was deleted");
    }
    return Reply::ok("DELETE completed");
}

} // namespace imapd
