// SPDX-License-Identifier: ISC
/// \file
/// FETCH and UID FETCH. RFC 9051 §6.4.5; RFC 3501 for RFC822 and its kin. What the
/// items are and how they are answered is in fetch/.

#include "commands/commands.h"

#include <algorithm>
#include <vector>

#include "fetch/attributes.h"
#include "fetch/items.h"
#include "imap/parser.h"
#include "mailbox/mailbox.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
namespace {

struct Arguments {
    imap::SequenceSet messages;
    Items items;
};

/// fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / list)
Arguments parse(imap::Parser& in, Numbering numbering)
{
    Arguments args;
    in.space("the message numbers");
    args.messages = in.sequence_set();
    in.space("the items");
    args.items = parse_items(in);
    in.end();
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
          attributes_(selected.mailbox, items),
          says_flags_(items.has(Item::Kind::Flags)),
          keywords_(selected.mailbox.keywords())
    {
    }

    /// Writes one response. False if the message is gone.
    bool write(const mailbox::Facts& facts)
    {
        const auto prepared = attributes_.prepare(facts);
        if (!prepared) {
            if (prepared.error().code != base::Errc::NotFound)
                failed_ = prepared.error();
            return false;
        }
        const bool is_recent = selected_.view.is_recent(facts.uid);
        const imap::Flags flags = wire_flags(facts.flags, keywords_, is_recent);
        auto& out = session_.writer();
        session_.response_begins();
        out.begin().number(selected_.view.number(facts.uid)).raw(" FETCH (");
        attributes_.write(out, flags);
        if (!says_flags_ && newly_seen_.contains(facts.uid))
            out.raw(" FLAGS ").flags(flags); // RFC 9051 §6.4.5: BODY[] sets \Seen
        out.raw(")").end();
        session_.response_ends();
        return true;
    }

    /// What kept us from reading a message that is there.
    const base::Status& failed() const { return failed_; }

private:
    Session& session_;
    Selected& selected_;
    const base::NumberSet& newly_seen_;
    Attributes attributes_;
    bool says_flags_;
    const std::vector<std::string>& keywords_;
    base::Status failed_ = base::Done{};
};

/// The next `batch` UIDs of `uids`, taken out of it.
base::NumberSet take(base::NumberSet& uids)
{
    base::NumberSet taken;
    const auto last = uids.nth(std::min(batch, uids.size()) - 1);
    base::NumberSet span;
    span.add(uids.first(), *last);
    taken = uids.intersect(span);
    uids.remove(uids.first(), *last);
    return taken;
}

} // namespace

Reply fetch(Session& session, Request& request)
{
    const Arguments args = parse(request.args, request.numbering);
    Selected selected = session.selected();
    auto uids = selected.view.resolve(args.messages, request.numbering);
    if (!uids)
        return Reply::bad("No such message");
    const base::NumberSet newly_seen = args.items.sets_seen() && !selected.read_only
                                           ? mark_seen(selected, *uids, session.log())
                                           : base::NumberSet();

    Answer answer(session, selected, args.items, newly_seen);
    bool some_gone = false;
    while (!uids->empty()) {
        const base::NumberSet some = take(*uids);
        std::vector<mailbox::Facts> facts;
        selected.mailbox.for_each(
            some, [&](const mailbox::Facts& found) { facts.push_back(found); });
        some_gone = some_gone || facts.size() != some.size();
        for (const mailbox::Facts& one : facts)
            some_gone = !answer.write(one) || some_gone;
    }
    if (!answer.failed())
        return Reply::from(answer.failed().error());
    if (some_gone) // RFC 5530 §3
        return Reply::ok("Some of the messages are gone").code("EXPUNGEISSUED");
    return Reply::ok("FETCH completed");
}

} // namespace imapd
