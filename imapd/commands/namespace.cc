// SPDX-License-Identifier: ISC
/// \file
/// NAMESPACE. RFC 2342, RFC 9051 §6.3.10. All mailboxes are personal, without a prefix.

#include "commands/commands.h"

#include <string>

#include "session/request.h"
#include "session/session.h"

namespace imapd {
Reply namespaces(Session& session, Request& request)
{
    request.args.end();
    const std::string separator(1, session.names().separator());
    session.writer().untagged("NAMESPACE ((\"\" \"" + separator + "\")) NIL NIL");
    return Reply::ok("NAMESPACE completed");
}

} // namespace imapd
