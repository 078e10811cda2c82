// SPDX-License-Identifier: ISC
#include "session/view.h"

#include <algorithm>

namespace imapd {

std::optional<base::NumberSet> View::resolve(const imap::SequenceSet& set,
                                             Numbering numbering) const
{
    base::NumberSet uids;
    if (set.has_saved())
        uids = saved_.intersect(uids_);
    if (numbering == Numbering::Uid) {
        uids.add(set.resolve(uids_.empty() ? 0 : uids_.last()).intersect(uids_));
        return uids;
    }
    if (!set.has_numbers())
        return uids;

    const auto largest = static_cast<std::uint32_t>(uids_.size());
    const base::NumberSet numbers = set.resolve(largest);
    if (numbers.empty() || numbers.last() > largest)
        return std::nullopt;
    for (const auto& range : numbers.ranges()) {
        // The UIDs between two that the client knows are those it knows.
        base::NumberSet span;
        span.add(*uids_.nth(range.first - 1), *uids_.nth(range.last - 1));
        uids.add(span.intersect(uids_));
    }
    return uids;
}

std::uint32_t View::number(std::uint32_t uid) const
{
    return static_cast<std::uint32_t>(uids_.rank(uid) + 1);
}

base::NumberSet View::numbers(const base::NumberSet& uids, Numbering numbering) const
{
    if (numbering == Numbering::Uid)
        return uids;
    base::NumberSet numbers;
    for (const std::uint32_t uid : uids.intersect(uids_))
        numbers.add(number(uid));
    return numbers;
}

Updates View::advance(const mailbox::Changes& changes, Expunges expunges)
{
    Updates updates;

    base::NumberSet gone = changes.vanished;
    gone.add(withheld_);
    gone = gone.intersect(uids_);
    if (expunges == Expunges::Told) {
        for (const std::uint32_t uid : gone)
            updates.expunged.push_back(number(uid));
        std::reverse(updates.expunged.begin(), updates.expunged.end());
        uids_.remove(gone);
        saved_.remove(gone);
        updates.vanished = gone;
        withheld_.clear();
        if (const auto before = recent_.size(); before > 0) {
            recent_.remove(gone);
            if (recent_.size() != before)
                updates.recent = recent_.size();
        }
    } else {
        withheld_ = gone;
    }

    if (!changes.appeared.empty()) {
        uids_.add(changes.appeared);
        updates.exists = uids_.size();
    }
    if (!changes.recent.empty())
        recent_.add(changes.recent);
    // With every EXISTS: a client may take the old RECENT for true (RFC 3501 §7.3.2
    // sends both on arrival).
    if (!changes.appeared.empty() || !changes.recent.empty())
        updates.recent = recent_.size();

    for (const auto& [uid, mod_sequence] : changes.flagged) {
        if (mod_sequence <= known_up_to_ && known_.contains(uid))
            continue;
        updates.flagged.add(uid);
    }
    updates.flagged.add(asked_);
    updates.flagged = updates.flagged.intersect(uids_);
    updates.flagged.remove(withheld_);
    updates.touched = mod_sequence_asked_.intersect(uids_);
    updates.touched.remove(withheld_);
    updates.touched.remove(updates.flagged);
    if (withheld_.empty())
        mod_sequence_ = changes.mod_sequence;
    asked_.clear();
    mod_sequence_asked_.clear();
    known_.clear();
    known_up_to_ = 0;
    return updates;
}

void View::flags_known(const base::NumberSet& uids, std::uint64_t mod_sequence)
{
    // Those of an earlier call only up to an earlier one: they may be told twice.
    known_ = uids;
    known_up_to_ = mod_sequence;
}

void View::flags_asked(const base::NumberSet& uids)
{
    asked_.add(uids);
}

void View::mod_sequences_asked(const base::NumberSet& uids)
{
    mod_sequence_asked_.add(uids);
}

} // namespace imapd
