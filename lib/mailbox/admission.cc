// SPDX-License-Identifier: ISC
#include "mailbox/admission.h"

#include "mailbox/places.h"
#include "mailbox/store.h"
#include "mailbox/sync.h"
#include "maildir/uidlist_tail.h"

namespace mailbox {

using base::Errc;
using base::Error;
using maildir::Where;

base::Result<Admission> Admission::begin(Mailbox& target)
{
    if (auto done = target.store_->ensure_index(); !done)
        return done.error();
    auto lock = target.folder_.lock();
    if (!lock)
        return lock.error();
    const auto folder = target.record(target.index().read());
    if (folder && folder->is_complete) {
        target.folder_id_ = folder->id;
        target.uid_validity_ = folder->uid_validity;
    } else if (auto done = Sync(target).look_everywhere_locked(); !done) {
        return done.error();
    }
    return Admission(target, std::move(*lock));
}

base::Result<base::NumberSet>
Admission::run(std::vector<indexing::MessageRecord>& records,
               const std::function<base::Status(std::size_t)>& publish)
{
    auto done = assign(records);
    if (!done && done.error().code == Errc::Busy) {
        // The uidlist is not as the index has it: a crash, or another server.
        if (done = Sync(*target_).look_everywhere_locked(); done)
            done = assign(records);
    }
    if (!done)
        return done.error();

    for (std::size_t i = 0; i < records.size(); ++i) {
        done = publish(i);
        if (done)
            continue;
        for (std::size_t k = 0; k < i; ++k)
            static_cast<void>(target_->folder_.remove(Where::Cur, records[k].name));
        return done.error();
    }
    if (done = target_->folder_.sync_directory(Where::Cur); done)
        done = enter(records);
    if (!done)
        return done.error();
    base::NumberSet uids;
    for (const auto& record : records)
        uids.add(record.uid);
    return uids;
}

base::Status Admission::assign(std::vector<indexing::MessageRecord>& records)
{
    const auto folder = target_->record(target_->index().read());
    if (!folder)
        return Error{Errc::Internal, "The folder is not in its index"};
    Uid next = folder->uid_next;
    std::vector<maildir::UidList::Line> lines;
    for (auto& record : records) {
        if (next == 0)
            return Error{Errc::Limit, "The mailbox has no UID left"};
        record.uid = next++;
        lines.push_back({record.uid, std::string(record.view().base_name())});
    }
    const maildir::FileStamp known = {folder->uidlist.inode, folder->uidlist.size,
                                      folder->uidlist.mtime_ns};
    const auto stamp = maildir::append_uid_lines(target_->folder_.fd(), known, lines);
    if (!stamp)
        return stamp.error();
    uidlist_ = stamp_of(*stamp);
    return base::Done{};
}

base::Status Admission::enter(std::vector<indexing::MessageRecord>& records)
{
    return target_->index().write([&](indexing::Write& write) -> base::Status {
        const auto mod_sequence = write.next_modseq(target_->folder_id_);
        for (auto& record : records)
            record.modseq = mod_sequence;
        if (auto done = write.put_messages(target_->folder_id_, records); !done)
            return done;
        auto folder = write.folder(target_->folder_id_);
        if (!folder)
            return Error{Errc::Internal, "The folder is not in its index"};
        folder->uidlist = uidlist_;
        return write.put_folder(*folder);
    });
}

} // namespace mailbox
