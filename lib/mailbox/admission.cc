// SPDX-License-Identifier: ISC
#include "mailbox/admission.h"

#include "mailbox/places.h"
#include "mailbox/store.h"
#include "mailbox/sync.h"
#include "maildir/doomed.h"
#include "maildir/uidlist_tail.h"

namespace mailbox {

using base::Errc;
using base::Error;
using maildir::Where;

namespace {

maildir::QuotaUsage usage_of(const std::vector<indexing::MessageRecord>& records)
{
    maildir::QuotaUsage usage;
    for (const auto& record : records)
        usage.octets += static_cast<std::int64_t>(record.octets);
    usage.messages = static_cast<std::int64_t>(records.size());
    return usage;
}

std::vector<std::string> bases_of(const std::vector<indexing::MessageRecord>& records)
{
    std::vector<std::string> bases;
    bases.reserve(records.size());
    for (const auto& record : records)
        bases.emplace_back(record.view().base_name());
    return bases;
}

} // namespace

base::Result<Admission> Admission::begin(Mailbox& target)
{
    auto lock = target.lock_for_change();
    if (!lock)
        return lock.error();
    return Admission(target, std::move(*lock));
}

base::Status Admission::check_room(const std::vector<indexing::MessageRecord>& records,
                                   const maildir::QuotaUsage& freed) const
{
    maildir::QuotaUsage more = usage_of(records);
    more.octets -= freed.octets;
    more.messages -= freed.messages;
    return target_->store_->quota_of_all().check(more);
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

    // One rename(2) is whole by itself; several are so as long as they can be undone.
    if (records.size() > 1)
        done = maildir::doom(target_->folder_, bases_of(records));
    std::size_t published = 0;
    while (done && published < records.size()) {
        done = publish(published);
        published += done ? 1 : 0;
    }
    if (done)
        done = target_->folder_.sync_directory(Where::Cur);
    if (done && records.size() > 1)
        done = maildir::spare(target_->folder_);
    if (!done) {
        for (std::size_t i = 0; i < published; ++i)
            static_cast<void>(target_->folder_.remove(Where::Cur, records[i].name));
        static_cast<void>(maildir::remove_doomed(target_->folder_));
        return done.error();
    }
    // From here on the messages are there, whatever the index says: the next sync finds
    // them in the uidlist, with their UIDs.
    if (auto entered = enter(records); !entered)
        target_->store_->log_.warn("index-write", {{"error", entered.error().text}});
    target_->store_->quota_of_all().add(usage_of(records));
    base::NumberSet uids;
    for (const auto& record : records)
        uids.add(record.uid);
    return uids;
}

void Admission::take_back(const std::vector<indexing::MessageRecord>& records)
{
    base::NumberSet removed;
    maildir::QuotaUsage freed;
    for (const auto& record : records) {
        if (!target_->folder_.remove(Where::Cur, record.name))
            continue;
        removed.add(record.uid);
        freed.octets -= static_cast<std::int64_t>(record.octets);
        freed.messages -= 1;
    }
    target_->store_->quota_of_all().add(freed);
    static_cast<void>(target_->index().write([&](indexing::Write& write) {
        return write.expunge(target_->folder_id_, removed,
                             write.next_modseq(target_->folder_id_));
    })); // else the next sync finds that they are gone
}

base::Status Admission::assign(std::vector<indexing::MessageRecord>& records)
{
    const auto folder = target_->record(target_->index().read());
    if (!folder)
        return Error{Errc::Internal, "The folder is not in its index"};
    Uid next = folder->uid_next;
    std::vector<maildir::UidList::Line> lines;
    for (auto& record : records) {
        if (next == 0 || next > last_uid)
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
