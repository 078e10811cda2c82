// SPDX-License-Identifier: ISC
#include "mailbox/move.h"

#include "mailbox/both_locks.h"
#include "maildir/doomed.h"

namespace mailbox {

using base::Errc;
using base::Error;

base::Result<Move> Move::begin(Store& store, Mailbox& source, const std::string& folder)
{
    if (source.access_ == Access::ReadOnly)
        return Error{Errc::ReadOnly, "The mailbox is open for reading only"};
    auto copy = Copy::begin(store, source, folder);
    if (!copy)
        return copy.error();
    return Move(std::move(*copy));
}

base::Result<Move::Moved> Move::run(const base::NumberSet& uids)
{
    if (auto done = copy_.source_->sync(); !done)
        return done.error();
    if (auto done = copy_.stage(uids); !done) // what takes time, before the locks
        return done.error();
    auto locks = BothLocks::take(*copy_.source_, *copy_.target_, uids);
    if (!locks)
        return locks.error();
    copy_.take_flags(); // while we waited for the locks others may have set some
    auto records = copy_.copies();
    if (!records)
        return records.error();
    const auto copies = copy_.publish(locks->admission(), *records);
    if (!copies)
        return copies.error();

    // From here on the copies are there for good. Where the originals cannot be doomed
    // a crash leaves some of them in both folders, which is no reason not to go on.
    auto& source = copy_.source_->folder_;
    if (uids.size() > 1)
        static_cast<void>(maildir::doom(source, copy_.originals()));
    const auto removal = copy_.source_->remove_locked(uids);
    const auto spared = maildir::spare(source);
    Moved moved;
    moved.failed = removal.failed;
    moved.copies.uid_validity = copies->uid_validity;
    std::vector<indexing::MessageRecord> unmoved;
    std::size_t at = 0;
    for (const Uid uid : uids) {
        const auto& copy = (*records)[at++];
        if (removal.left.contains(uid)) {
            unmoved.push_back(copy);
            continue;
        }
        // An original that is not there any more was removed by another program;
        // the copy is whole, and that counts as moved.
        moved.copies.from.add(uid);
        moved.copies.to.add(copy.uid);
    }
    if (!unmoved.empty() && spared) // else the originals will go all the same
        locks->admission().take_back(unmoved);
    return moved;
}

} // namespace mailbox
