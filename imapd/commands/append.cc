// SPDX-License-Identifier: ISC
/// \file
/// APPEND. RFC 9051 §6.3.12; several messages as in RFC 3502; APPENDUID of RFC 4315
/// §3. How the messages themselves are read is in upload.

#include "commands/commands.h"

#include <string>

#include "commands/upload.h"
#include "mailbox/append.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {

Reply append(Session& session, Request& request)
{
    request.args.space("the mailbox name");
    const std::string name = request.args.mailbox();
    Uploads uploads(session, request);
    uploads.next();
    const auto refuse = [&](Reply reply) {
        uploads.refuse();
        return reply;
    };

    if (auto refusal = uploads.begin(name))
        return refuse(std::move(*refusal));
    for (;;) {
        if (auto refusal = uploads.receive())
            return refuse(std::move(*refusal));
        if (!uploads.has_more())
            break;
        uploads.next();
    }
    const auto appended = uploads.append().commit();
    if (!appended)
        return Reply::from(appended.error());
    session.note_own(uploads.folder(), appended->uids);
    session.tally().appended += appended->uids.size();
    return Reply::ok("APPEND completed")
        .code("APPENDUID",
              std::to_string(appended->uid_validity) + " " + appended->uids.to_text());
}

} // namespace imapd
