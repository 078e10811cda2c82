// SPDX-License-Identifier: ISC
/// \file
/// SELECT and EXAMINE. RFC 9051 §6.3.2 and §6.3.3; RFC 3501 §6.3.1 for RECENT and
/// UNSEEN; RFC 7162 for HIGHESTMODSEQ, CLOSED and the parameters.

#include "commands/commands.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/scope_exit.h"
#include "commands/levels.h"
#include "commands/resync.h"
#include "imap/syntax_error.h"
#include "imap/writer.h"
#include "mailbox/store.h"
#include "session/object_id.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
namespace {

using mailbox::Access;

struct Arguments {
    std::string mailbox;
    bool condstore = false;
    std::optional<Resync> resync;
};

/// select-params = SP "(" select-param *(SP select-param) ")"
void parse_parameters(imap::Parser& in, Arguments& args)
{
    in.expect(" (");
    do {
        const std::string word = in.command_word();
        if (word == "CONDSTORE" && !args.condstore) {
            args.condstore = true;
        } else if (word == "QRESYNC" && !args.resync) {
            in.space("the values");
            args.resync = parse_resync(in);
        } else {
            throw imap::SyntaxError("Unknown or repeated parameter");
        }
    } while (in.accept(" "));
    in.expect(")");
}

/// select = "SELECT" SP mailbox [select-params]
Arguments parse(imap::Parser& in)
{
    Arguments args;
    in.space("the mailbox name");
    args.mailbox = in.mailbox();
    if (!in.at_end())
        parse_parameters(in, args);
    in.end();
    return args;
}

void describe(Session& session, mailbox::Mailbox& mailbox)
{
    auto& out = session.writer();
    session.tell_keywords();
    auto [_, view, read_only] = session.selected();
    const auto changes = mailbox.changes();
    view.advance(changes, Expunges::Told);
    out.begin().number(view.exists()).raw(" EXISTS").end();
    const bool is_rev2 = session.is_enabled(Extension::Imap4rev2);
    if (!is_rev2) // RFC 9051, Appendix E, 11 and 12
        out.begin().number(view.recent()).raw(" RECENT").end();
    const auto unseen = is_rev2 ? std::nullopt : mailbox.first_unseen();
    if (unseen && view.knows(*unseen))
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
    out.begin() // of what is told above: there may be more by now
        .raw("OK [UIDNEXT ")
        .number(changes.uid_next)
        .raw("] Predicted next UID")
        .end();
    out.begin() // RFC 8474 §4.2
        .raw("OK [MAILBOXID (")
        .raw(object_id(mailbox.guid()))
        .raw(")] The mailbox's own id")
        .end();
    out.begin()
        .raw("OK [HIGHESTMODSEQ ")
        .number(view.mod_sequence())
        .raw("] Highest mod-sequence")
        .end();
    if (is_rev2) // RFC 9051 §6.3.2
        write_level(session, "LIST", "", session.names().wire(mailbox.name()));
}

Reply open(Session& session, Request& request, Access access)
{
    const Arguments args = parse(request.args);
    if (args.resync && !session.is_enabled(Extension::Qresync)) // RFC 7162 §3.2.5
        return Reply::bad("The parameter QRESYNC needs QRESYNC to be enabled");

    if (session.has_selected()) { // RFC 9051 §6.3.2: also if the new one is not opened
        session.unselect();
        session.writer().untagged(
            "OK [CLOSED] The mailbox that was selected is closed");
    }
    if (args.condstore)
        session.enable(Extension::Condstore);
    const auto folder = session.names().folder(args.mailbox);
    if (!folder)
        return Reply::from(folder.error());
    auto mailbox = session.store().open(*folder, access);
    if (!mailbox && mailbox.error().code == base::Errc::NotFound)
        return Reply::no("There is no such mailbox").code("NONEXISTENT");
    if (!mailbox)
        return Reply::from(mailbox.error());
    auto& opened = **mailbox;
    // RFC 9051 §6.3.2: if it fails, in whatever way, no mailbox is selected.
    base::ScopeExit failed([&session] { session.unselect(); });
    session.select(std::move(*mailbox), access);
    describe(session, opened);
    if (args.resync)
        tell_missed(session, *args.resync);
    failed.dismiss();
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
