// SPDX-License-Identifier: ISC
/// \file
/// SELECT and EXAMINE. RFC 9051 §6.3.2 and §6.3.3; RFC 3501 §6.3.1 for RECENT and
/// UNSEEN.

#include "commands/commands.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "imap/writer.h"
#include "mailbox/store.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
namespace {

using mailbox::Access;

std::string flag_list(const std::vector<std::string>& keywords, std::string_view more)
{
    std::string list = "(\\Answered \\Flagged \\Deleted \\Seen \\Draft";
    for (const std::string& keyword : keywords) {
        if (imap::is_atom(keyword)) // the file may have names that IMAP cannot
            list += " " + keyword;
    }
    return list.append(more) + ")";
}

void describe(Session& session, mailbox::Mailbox& mailbox, Access access)
{
    auto& out = session.writer();
    const auto& keywords = mailbox.keywords();
    out.begin().raw("FLAGS ").raw(flag_list(keywords, "")).end();
    const std::string permanent =
        access == Access::ReadOnly
            ? "()"
            : flag_list(keywords, mailbox.has_room_for_keywords() ? " \\*" : "");
    out.begin().raw("OK [PERMANENTFLAGS ").raw(permanent).raw("] Flags kept").end();

    auto [_, view, read_only] = session.selected();
    view.advance(mailbox.changes(), Expunges::Told);
    out.begin().number(view.exists()).raw(" EXISTS").end();
    out.begin().number(view.recent()).raw(" RECENT").end();
    if (const auto unseen = mailbox.first_unseen(); unseen && view.knows(*unseen))
        out.begin()
            .raw("OK [UNSEEN ")
            .number(view.number(*unseen))
            .raw("] First unseen")
            .end();
    out.begin()
        .raw("OK [UIDVALIDITY ")
        .number(mailbox.uid_validity())
        .raw("] UIDs are valid")
        .end();
    out.begin()
        .raw("OK [UIDNEXT ")
        .number(mailbox.uid_next())
        .raw("] Predicted next UID")
        .end();
}

Reply open(Session& session, Request& request, Access access)
{
    request.args.space("the mailbox name");
    const std::string name = request.args.mailbox();
    request.args.end();

    session.unselect(); // RFC 9051 §6.3.2: also if the new one cannot be opened
    const auto folder = session.names().folder(name);
    if (!folder)
        return Reply::from(folder.error());
    auto mailbox = session.store().open(*folder, access);
    if (!mailbox && mailbox.error().code == base::Errc::NotFound)
        return Reply::no("There is no such mailbox").code("NONEXISTENT");
    if (!mailbox)
        return Reply::from(mailbox.error());
    auto& opened = **mailbox;
    session.select(std::move(*mailbox), access);
    describe(session, opened, access);
    return access == Access::ReadOnly
               ? Reply::ok("EXAMINE completed").code("READ-ONLY")
               : Reply::ok("SELECT completed").code("READ-WRITE");
}

} // namespace

Reply select(Session& session, Request& request)
{
    return open(session, request, Access::ReadWrite);
}

Reply examine(Session& session, Request& request)
{
    return open(session, request, Access::ReadOnly);
}

} // namespace imapd
