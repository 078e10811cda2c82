// SPDX-License-Identifier: ISC
/// \file
/// FETCH and UID FETCH. RFC 9051 §6.4.5; RFC 3501 for RFC822 and its kin; RFC 7162 for
/// CHANGEDSINCE and VANISHED. What the items are and how they are answered is in
/// fetch/.

#include "commands/commands.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "commands/fetch_messages.h"
#include "commands/resync.h"
#include "fetch/attributes.h"
#include "fetch/items.h"
#include "imap/parser.h"
#include "imap/syntax_error.h"
#include "mailbox/mailbox.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
namespace {

struct Arguments {
    imap::SequenceSet messages;
    Items items;
    std::optional<std::uint64_t> changed_since;
    bool vanished = false;
};

/// fetch-modifiers = SP "(" fetch-modifier *(SP fetch-modifier) ")"
void parse_modifiers(imap::Parser& in, Arguments& args)
{
    in.expect(" (");
    do {
        const std::string word = in.command_word();
        if (word == "CHANGEDSINCE" && !args.changed_since) {
            in.space("the mod-sequence");
            args.changed_since = in.mod_sequence();
        } else if (word == "VANISHED" && !args.vanished) {
            args.vanished = true;
        } else {
            throw imap::SyntaxError("Unknown or repeated modifier");
        }
    } while (in.accept(" "));
    in.expect(")");
}

/// fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / list)
///         [fetch-modifiers]
Arguments parse(imap::Parser& in, Numbering numbering)
{
    Arguments args;
    in.space("the message numbers");
    args.messages = in.sequence_set();
    in.space("the items");
    args.items = parse_items(in);
    if (!in.at_end())
        parse_modifiers(in, args);
    in.end();
    if (args.vanished && (numbering != Numbering::Uid || !args.changed_since))
        throw imap::SyntaxError("VANISHED is for UID FETCH with CHANGEDSINCE");
    if (args.changed_since && !args.items.has(Item::Kind::ModSequence))
        args.items.list.push_back({Item::Kind::ModSequence, {}}); // RFC 7162 §3.1.4.1
    if (numbering == Numbering::Uid && !args.items.has(Item::Kind::Uid))
        args.items.list.insert(args.items.list.begin(), {Item::Kind::Uid, {}});
    return args;
}

/// So many messages are looked up at once: the answer is written outside the index's
/// transaction (R19), from this many facts.
constexpr std::size_t batch = 256;

/// Marks as \Seen what is about to be read; gives those whose flags changed by it.
base::NumberSet mark_seen(Selected& selected, const base::NumberSet& uids,
                          const logging::Log& log)
{
    static constexpr std::uint8_t seen = 16; // Maildir's S
    base::NumberSet unseen;
    selected.mailbox.for_each(uids, [&](const mailbox::Facts& facts) {
        if ((facts.flags.system & seen) == 0)
            unseen.add(facts.uid);
    });
    if (unseen.empty())
        return unseen;
    mailbox::FlagChange change;
    change.mode = mailbox::FlagChange::Mode::Add;
    change.system = seen;
    const auto flagged = selected.mailbox.change_flags(unseen, change);
    if (!flagged) { // a full disk is no reason not to show the message
        log.warn("seen-not-set", {{"error", flagged.error().text}});
        return {};
    }
    selected.view.flags_known(flagged->changed, flagged->mod_sequence);
    return flagged->changed;
}

/// The answer for some of the messages.
class Answer {
public:
    Answer(Session& session, Selected& selected, const Items& items,
           const base::NumberSet& newly_seen)
        : session_(session), selected_(selected), newly_seen_(newly_seen),

          attributes_(selected.mailbox, items,
                      session.marks_attachments()
                          ? Attributes::Attachments::MarkedWhenRead
                          : Attributes::Attachments::NotMarked),
          says_uid_(items.has(Item::Kind::Uid)),
          says_flags_(items.has(Item::Kind::Flags)),
          says_mod_sequence_(items.has(Item::Kind::ModSequence)),
          has_text_(items.have_text() ? 1 : 0), keywords_(selected.mailbox.keywords())
    {
    }

    /// Before the responses for these are written, in this order.
    void look_up(const base::NumberSet& uids) { attributes_.look_up(uids); }

    /// Writes one response. False if the message is gone.
    bool write(const mailbox::Facts& facts)
    {
        const auto prepared = attributes_.prepare(facts);
        if (!prepared) {
            if (prepared.error().code != base::Errc::NotFound)
                failed_ = prepared.error();
            return false;
        }
        const bool is_recent = session_.shows_recent(facts.uid);
        const imap::Flags flags = wire_flags(facts.flags, keywords_, is_recent);
        auto& out = session_.writer();
        session_.response_begins();
        out.begin().number(selected_.view.number(facts.uid)).raw(" FETCH (");
        attributes_.write(out, flags);
        if (newly_seen_.contains(facts.uid))
            write_unasked(facts, flags);
        out.raw(")").end();
        session_.response_ends();
        session_.tally().fetched += has_text_;
        return true;
    }

    /// What kept us from reading a message that is there.
    const base::Status& failed() const { return failed_; }

private:
    /// RFC 9051 §6.4.5: BODY[] sets \Seen; RFC 7162 §3.2.4: what must come with that.
    void write_unasked(const mailbox::Facts& facts, const imap::Flags& flags)
    {
        auto& out = session_.writer();
        const bool is_aware = session_.is_enabled(Extension::Condstore);
        if ((is_aware || session_.is_enabled(Extension::Imap4rev2)) && !says_uid_)
            out.raw(" UID ").number(facts.uid);
        if (!says_flags_)
            out.raw(" FLAGS ").flags(flags);
        if (is_aware && !says_mod_sequence_)
            out.raw(" MODSEQ (").number(facts.mod_sequence).raw(")");
    }

    Session& session_;
    Selected& selected_;
    const base::NumberSet& newly_seen_;
    Attributes attributes_;
    bool says_uid_;
    bool says_flags_;
    bool says_mod_sequence_;
    std::uint64_t has_text_; ///< what a response counts for the session's tally
    const std::vector<std::string>& keywords_;
    base::Status failed_ = base::Done{};
};

/// The UIDs of `set`, there or not: what may be told as vanished. `*` is the largest
/// UID that the client may know, gone or not, or the largest that there is.
base::NumberSet ever_meant(const Selected& selected, const imap::SequenceSet& set)
{
    base::NumberSet uids = set.resolve(selected.mailbox.uid_next() - 1);
    uids.add(
        set.resolve(selected.view.exists() == 0 ? 0 : selected.view.uids().last()));
    return uids;
}

} // namespace

Fetched fetch_messages(Session& session, const Items& items, base::NumberSet uids,
                       const base::NumberSet& newly_seen)
{
    Selected selected = session.selected();
    Answer answer(session, selected, items, newly_seen);
    Fetched fetched;
    while (!uids.empty()) {
        const base::NumberSet some = uids.take_first(batch);
        std::vector<mailbox::Facts> facts;
        selected.mailbox.for_each(
            some, [&](const mailbox::Facts& found) { facts.push_back(found); });
        fetched.some_gone = fetched.some_gone || facts.size() != some.size();
        answer.look_up(some);
        for (const mailbox::Facts& one : facts)
            fetched.some_gone = !answer.write(one) || fetched.some_gone;
    }
    fetched.failed = answer.failed();
    return fetched;
}

Reply fetch(Session& session, Request& request)
{
    const Arguments args = parse(request.args, request.numbering);
    Selected selected = session.selected();
    if (args.vanished && !session.is_enabled(Extension::Qresync))
        return Reply::bad("VANISHED needs QRESYNC to be enabled"); // RFC 7162 §3.2.6
    auto uids = selected.view.resolve(args.messages, request.numbering);
    if (!uids)
        return Reply::bad("No such message");
    if (args.items.has(Item::Kind::ModSequence)) // RFC 7162 §3.1: using it enables it
        session.enable(Extension::Condstore);
    if (args.vanished)
        tell_vanished(session, ever_meant(selected, args.messages),
                      *args.changed_since);
    if (args.changed_since) {
        base::NumberSet changed = selected.mailbox.changed_since(*args.changed_since);
        uids = uids->intersect(changed);
    }
    const base::NumberSet newly_seen = args.items.sets_seen() && !selected.read_only
                                           ? mark_seen(selected, *uids, session.log())
                                           : base::NumberSet();

    const Fetched fetched =
        fetch_messages(session, args.items, std::move(*uids), newly_seen);
    if (!fetched.failed) {
        selected.view.flags_asked(newly_seen); // there may have been no response for it
        const base::Error& error = fetched.failed.error();
        if (error.code == base::Errc::Unsupported) // RFC 3516 §4.3
            return Reply::no("A transfer encoding is not known").code("UNKNOWN-CTE");
        return Reply::from(error);
    }
    if (fetched.some_gone) // RFC 5530 §3
        return Reply::ok("Some of the messages are gone").code("EXPUNGEISSUED");
    return Reply::ok("FETCH completed");
}

} // namespace imapd
