// SPDX-License-Identifier: ISC
/// \file
/// STORE and UID STORE: change the flags of messages. RFC 9051 §6.4.6; RFC 7162 §3.1.3
/// for UNCHANGEDSINCE and MODIFIED.
///
/// The untagged FETCH responses that answer a STORE are not written here: the updates
/// that follow every command tell a client what differs from what it was last told,
/// and what it asked for. `.SILENT` is the promise that the client works out the new
/// flags for itself, so all we do for it is note them as told; of the mod-sequence it
/// has to hear all the same.

#include "commands/commands.h"

#include <cstdint>
#include <optional>

#include "imap/parser.h"
#include "mailbox/mailbox.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
namespace {

/// The arguments, as written: nothing in here has been looked up yet.
struct Arguments {
    imap::SequenceSet messages;
    std::optional<std::uint64_t> unchanged_since;
    mailbox::FlagChange change;
    bool silent = false;
    bool deletes = false; ///< marks as \Deleted
};

/// store = "STORE" SP sequence-set [SP "(" store-modifier ")"] SP store-att-flags
Arguments parse(imap::Parser& in)
{
    using Mode = mailbox::FlagChange::Mode;
    Arguments args;
    in.space("the message numbers");
    args.messages = in.sequence_set();
    in.space("FLAGS");
    if (in.accept("(")) {
        in.expect("UNCHANGEDSINCE ");
        args.unchanged_since = in.mod_sequence();
        in.expect(")");
        in.space("FLAGS");
    }
    if (in.accept("+"))
        args.change.mode = Mode::Add;
    else if (in.accept("-"))
        args.change.mode = Mode::Remove;
    in.expect("FLAGS");
    args.silent = in.accept(".SILENT");
    in.space("the flags");
    const imap::Flags flags = in.flags();
    in.end();
    args.deletes =
        args.change.mode != Mode::Remove && flags.has(imap::SystemFlag::Deleted);
    args.change.system = kept_flags(flags);
    args.change.keywords = flags.keywords;
    return args;
}

/// Notes what is to be told of the change, and what the client knows already.
void note(View& view, const Arguments& args, const base::NumberSet& uids,
          const mailbox::Mailbox::Flagged& outcome)
{
    if (!args.silent) {
        view.flags_asked(uids); // RFC 9051 §6.4.6: told as if fetched, changed or not
        return;
    }
    view.flags_known(outcome.changed, outcome.mod_sequence);
    // What others changed meanwhile the client cannot work out for itself. Of what it
    // was refused it has to know how it is now (RFC 7162 §3.1.3, Example 10).
    view.flags_asked(outcome.untold);
    view.flags_asked(outcome.newer);
    view.mod_sequences_asked(args.unchanged_since ? outcome.changed : outcome.touched);
}

} // namespace

Reply store(Session& session, Request& request)
{
    const Arguments args = parse(request.args);
    auto [mailbox, view, read_only] = session.selected();
    if (args.unchanged_since) // RFC 7162 §3.1: using it enables it
        session.enable(Extension::Condstore);
    if (read_only)
        return Reply::no("The mailbox is open for reading only").code("NOPERM");
    const auto uids = view.resolve(args.messages, request.numbering);
    if (!uids)
        return Reply::bad("No such message");

    const auto outcome = mailbox.change_flags(*uids, args.change, args.unchanged_since);
    if (!outcome)
        return Reply::from(outcome.error());
    note(view, args, *uids, *outcome);
    if (args.deletes)
        session.tally().deleted += outcome->touched.size();

    if (!outcome->newer.empty()) {
        const auto failed = view.numbers(outcome->newer, request.numbering).to_text();
        return (outcome->gone.empty() ? Reply::ok("Some of the messages had changed")
                                      : Reply::no("Some of the messages are gone"))
            .code("MODIFIED", failed);
    }
    if (!outcome->gone.empty()) // RFC 5530 §3: NOOP will tell it which
        return Reply::no("Some messages are gone").code("EXPUNGEISSUED");
    return Reply::ok("STORE completed");
}

} // namespace imapd
