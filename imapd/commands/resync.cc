// SPDX-License-Identifier: ISC
#include "commands/resync.h"

#include <limits>

#include "imap/syntax_error.h"
#include "session/session.h"

namespace imapd {
namespace {

/// sequence-set without `*` and `$`
base::NumberSet plain_set(imap::Parser& in)
{
    const imap::SequenceSet set = in.sequence_set();
    if (set.has_star() || set.has_saved())
        throw imap::SyntaxError("Only numbers are allowed in the sets of QRESYNC");
    return set.resolve(1);
}

/// seq-match-data = "(" known-sequence-set SP known-uid-set ")"
void parse_match_data(imap::Parser& in, Resync& resync)
{
    in.expect("(");
    resync.numbers = plain_set(in);
    in.space("the UIDs");
    resync.uids = plain_set(in);
    in.expect(")");
    if (resync.numbers.size() != resync.uids.size())
        throw imap::SyntaxError("The two sets of QRESYNC differ in length");
}

/// The largest UID at the number that the client thinks it has; 0 if there is none.
/// What stands before it the client knows as it is now: were one of those gone that it
/// still counts, the number would be less (RFC 7162 §3.2.5.2).
std::uint32_t matched(const View& view, const Resync& resync)
{
    // Only numbers that there are, the largest first.
    std::size_t place =
        resync.numbers.rank(static_cast<std::uint32_t>(view.exists()) + 1);
    for (; place > 0; --place) {
        const std::uint32_t number = *resync.numbers.nth(place - 1);
        const std::uint32_t uid = *resync.uids.nth(place - 1);
        if (view.uids().nth(number - 1) == uid)
            return uid;
    }
    return 0;
}

/// A mod-sequence that we have not given yet was given by an index since lost, by a
/// clock that was ahead: it says nothing about when the client was here.
std::uint64_t believable(const Selected& selected, std::uint64_t mod_sequence)
{
    return mod_sequence <= selected.mailbox.highest_mod_sequence() ? mod_sequence : 0;
}

} // namespace

Resync parse_resync(imap::Parser& in)
{
    Resync resync;
    in.expect("(");
    resync.uid_validity = in.nz_number();
    in.space("the mod-sequence");
    resync.mod_sequence = in.mod_sequence();
    bool has_more = in.accept(" ");
    if (has_more && !in.sees("(")) {
        resync.known_uids = plain_set(in);
        has_more = in.accept(" ");
    } else {
        resync.known_uids.add(1, std::numeric_limits<std::uint32_t>::max());
    }
    if (has_more)
        parse_match_data(in, resync);
    in.expect(")");
    return resync;
}

void tell_missed(Session& session, const Resync& resync)
{
    const Selected selected = session.selected();
    if (resync.uid_validity != selected.mailbox.uid_validity())
        return;
    base::NumberSet may_have_vanished = resync.known_uids;
    may_have_vanished.remove(1, matched(selected.view, resync));
    tell_vanished(session, may_have_vanished, resync.mod_sequence);

    const auto changed =
        selected.mailbox.changed_since(believable(selected, resync.mod_sequence));
    session.tell_flags(
        changed.intersect(resync.known_uids).intersect(selected.view.uids()),
        Numbering::Uid);
}

void tell_vanished(Session& session, const base::NumberSet& uids,
                   std::uint64_t mod_sequence)
{
    const Selected selected = session.selected();
    auto vanished = selected.mailbox.vanished_since(believable(selected, mod_sequence))
                        .intersect(uids);
    // What this session still counts is told when its numbers may change.
    vanished.remove(selected.view.uids());
    if (vanished.empty())
        return;
    session.writer().begin().raw("VANISHED (EARLIER) ").raw(vanished.to_text()).end();
}

} // namespace imapd
