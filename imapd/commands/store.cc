// SPDX-License-Identifier: ISC
/// \file
/// STORE and UID STORE: change the flags of messages. RFC 9051 §6.4.6.
///
/// The untagged FETCH responses that answer a STORE are not written here: the updates
/// that follow every command tell a client what differs from what it was last told,
/// and what it asked for. `.SILENT` is the promise that the client works out the new
/// flags for itself, so all we do for it is note them as told.

#include "commands/commands.h"

#include "imap/parser.h"
#include "mailbox/mailbox.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
namespace {

/// The arguments, as written: nothing in here has been looked up yet.
struct Arguments {
    imap::SequenceSet messages;
    mailbox::FlagChange change;
    bool silent = false;
};

/// store = "STORE" SP sequence-set SP store-att-flags
Arguments parse(imap::Parser& in)
{
    using Mode = mailbox::FlagChange::Mode;
    Arguments args;
    in.space("the message numbers");
    args.messages = in.sequence_set();
    in.space("FLAGS");
    if (in.accept("+"))
        args.change.mode = Mode::Add;
    else if (in.accept("-"))
        args.change.mode = Mode::Remove;
    in.expect("FLAGS");
    args.silent = in.accept(".SILENT");
    in.space("the flags");
    const imap::Flags flags = in.flags();
    in.end();
    args.change.system = kept_flags(flags);
    args.change.keywords = flags.keywords;
    return args;
}

} // namespace

Reply store(Session& session, Request& request)
{
    const Arguments args = parse(request.args);
    auto [mailbox, view, read_only] = session.selected();
    if (read_only)
        return Reply::no("The mailbox is open for reading only").code("NOPERM");
    const auto uids = view.resolve(args.messages, request.numbering);
    if (!uids)
        return Reply::bad("No such message");

    const auto outcome = mailbox.change_flags(*uids, args.change);
    if (!outcome)
        return Reply::from(outcome.error());
    if (args.silent)
        view.flags_known(outcome->changed, outcome->mod_sequence);
    else
        view.flags_asked(*uids); // RFC 9051 §6.4.6: told as if fetched, changed or not

    if (!outcome->gone.empty()) // RFC 5530 §3: NOOP will tell it which
        return Reply::no("Some messages are gone").code("EXPUNGEISSUED");
    return Reply::ok("STORE completed");
}

} // namespace imapd
