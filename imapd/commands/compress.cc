// SPDX-License-Identifier: ISC
/// \file
/// COMPRESS. RFC 4978 §3. The switch itself comes behind the tagged OK, which is the
/// last thing sent uncompressed: session/session.cc.

#include "commands/commands.h"

#include "imap/syntax_error.h"
#include "session/request.h"
#include "session/session.h"
#include "text/ascii.h"

namespace imapd {
Reply compress(Session& session, Request& request)
{
    request.args.space("the mechanism");
    if (!text::equal_ignoring_case(request.args.atom(), "DEFLATE"))
        throw imap::SyntaxError("DEFLATE is the only mechanism");
    request.args.end();

    if (session.is_compressing())
        return Reply::no("DEFLATE is active already").code("COMPRESSIONACTIVE");
    session.compress();
    return Reply::ok("DEFLATE active");
}

} // namespace imapd
