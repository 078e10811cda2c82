// SPDX-License-Identifier: ISC
/// \file
/// CREATE. RFC 9051 §6.3.4. Levels above are not made with it: they show up in LIST as
/// \NonExistent parents, and Maildir++ does not need them.

#include "commands/commands.h"

#include <string>

#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply create(Session& session, Request& request)
{
    request.args.space("the mailbox name");
    std::string name = request.args.mailbox();
    request.args.end();

    // A separator at the end says that names below are to come: nothing to do.
    if (name.size() > 1 && name.back() == session.names().separator())
        name.pop_back();
    if (name.find_first_of("*%") != std::string::npos) // LIST could not name it
        return Reply::no("A mailbox name cannot contain * or %").code("CANNOT");
    const auto folder = session.names().folder(name);
    if (!folder)
        return Reply::from(folder.error());
    if (folder->empty())
        return Reply::no("INBOX is always there").code("ALREADYEXISTS");
    const auto done = session.store().create(*folder);
    if (!done && done.error().code == base::Errc::Exists)
        return Reply::no("There is such a mailbox").code("ALREADYEXISTS");
    if (!done)
        return Reply::from(done.error());
    return Reply::ok("CREATE completed");
}

} // namespace imapd
