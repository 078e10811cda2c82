// SPDX-License-Identifier: ISC
/// \file
/// What a sync does with what it found: new messages get their UIDs, move to cur/, and
/// everything goes into the index. The order of these steps is told in sync.cc.
#include "mailbox/sync.h"

#include <algorithm>

#include <fcntl.h>

#include "mailbox/places.h"
#include "mailbox/store.h"
#include "maildir/name.h"
#include "maildir/uidlist_tail.h"

namespace mailbox {

using base::Errc;
using base::Error;
using maildir::UidList;
using maildir::Where;

namespace {

/// A file in new/ is taken for whole when nothing was written to it for so long.
constexpr std::int64_t quiet_us = 1'000'000;

indexing::MessageRecord record_of(const std::string& name, Where where,
                                  const maildir::FileFacts& facts)
{
    const auto parsed = maildir::Name::parse(name);
    indexing::MessageRecord record;
    record.name = name;
    record.base_octets = static_cast<std::uint16_t>(parsed.base.size());
    record.place = place_of(where);
    record.flags = parsed.flags;
    record.keywords = parsed.keywords;
    record.octets = facts.size;
    // ,W= is believed where ,S= tells the truth (files get edited and compressed).
    if (parsed.size() == facts.size)
        record.wire_octets = parsed.wire_size().value_or(0);
    record.internal_date = facts.mtime_ns / 1'000'000'000;
    record.saved_date = saved_date_of(record);
    return record;
}

} // namespace

bool Sync::is_still_written(const std::string& name, Hint hint,
                            const maildir::FileFacts& facts)
{
    const auto forget = [&] {
        mailbox_.young_.erase(name);
        return false;
    };
    const std::int64_t age_us =
        mailbox_.store_->clock_->wall_us() - facts.mtime_ns / 1000;
    // A time to come was set by somebody who had written the file by then.
    if (hint == Hint::AppearedWhole || facts.links > 1 || age_us > quiet_us ||
        age_us < -quiet_us)
        return forget();
    // The kernel grants a read lease only on a file that nobody has open for writing.
    // Where it grants none for other reasons, a quiet second has to do (R22).
    const auto fd = mailbox_.folder_.open_message(Where::New, name);
    if (fd && ::fcntl(fd->get(), F_SETLEASE, F_RDLCK) == 0) {
        ::fcntl(fd->get(), F_SETLEASE, F_UNLCK);
        return forget();
    }
    mailbox_.young_[name] = mailbox_.store_->clock_->steady_us() + quiet_us - age_us;
    return true;
}

std::optional<std::string> Sync::storable_name(Where where, const std::string& name)
{
    const auto parsed = maildir::Name::parse(name);
    if (UidList::can_hold(parsed.base))
        return name;
    // dovecot-uidlist could not hold it.
    auto renamed = parsed;
    renamed.base = mailbox_.store_->fresh_base();
    if (!mailbox_.folder_.rename(where, name, where, renamed.to_text()))
        return std::nullopt;
    return renamed.to_text();
}

/// False if there is no such file, or none any more.
bool Sync::add_arrival(Where where, const std::string& seen_name, Hint hint)
{
    const auto name = storable_name(where, seen_name);
    if (!name)
        return false;
    const auto facts = mailbox_.folder_.stat(where, *name);
    if (!facts) // gone again, or not a regular file
        return false;
    if (where == Where::New && is_still_written(*name, hint, *facts))
        return true; // not yet
    Arrival arrival{record_of(*name, where, *facts), {}, false};
    if (list_) {
        // A line for it that the index never had: assigned, and then a crash; or by
        // another server. A line below UIDNEXT of the index is of a message whose end
        // the clients have been told (R23): it comes back as a new one.
        const auto entry = list_->find(maildir::base_of(*name));
        if (entry && entry->uid >= first_unknown_uid() && entry->uid <= last_uid) {
            arrival.record.uid = entry->uid;
            arrival.has_line = true;
        }
    }
    arrivals_.push_back(std::move(arrival));
    return true;
}

Uid Sync::first_unknown_uid() const
{
    if (is_new_record_)
        return 1;
    const auto record = mailbox_.record(mailbox_.index().read());
    return record ? record->uid_next : 1;
}

base::Status Sync::admit_arrivals()
{
    for (Arrival& arrival : arrivals_)
        arrival.order = maildir::order_of(arrival.record.name);
    std::sort(arrivals_.begin(), arrivals_.end(),
              [this](const Arrival& one, const Arrival& other) {
                  // A folder that is taken over: what is in new/ is what its user has
                  // not seen yet, and must come last to be \Recent.
                  if (is_new_record_ && one.record.place != other.record.place)
                      return one.record.place == indexing::Place::Cur;
                  return one.order < other.order;
              });
    if (auto done = assign_uids(); !done) {
        if (done.error().code == Errc::Busy || is_new_record_)
            return done;
        put_off_arrivals(done.error());
    }
    for (Arrival& arrival : arrivals_)
        changed_.push_back(std::move(arrival.record));
    arrivals_.clear();
    apply_courier_keywords();
    for (const auto& record : changed_) {
        if (record.place == indexing::Place::New)
            first_in_new_ = std::min(first_in_new_.value_or(record.uid), record.uid);
    }
    if (mailbox_.access_ == Access::ReadWrite)
        move_to_cur();
    return update_index();
}

base::Status Sync::assign_uids()
{
    std::optional<indexing::FolderRecord> record =
        mailbox_.record(mailbox_.index().read());
    if (!record)
        return Error{Errc::Internal, "The folder is not in its index"};
    Uid next = list_ ? list_->uid_next() : record->uid_next;
    std::vector<UidList::Line> lines;
    for (Arrival& arrival : arrivals_) {
        if (arrival.has_line)
            continue;
        if (next == 0 || next > last_uid)
            break;
        arrival.record.uid = next++;
        lines.push_back(
            {arrival.record.uid, std::string(maildir::base_of(arrival.record.name))});
    }
    drop_those_without_uid();
    if (lines.empty())
        return base::Done{};
    return write_lines(lines, *record);
}

/// A full disk, most likely: the mail that was there before must be served, or nobody
/// could delete any of it. What is new waits for the next look.
void Sync::put_off_arrivals(const Error& why)
{
    mailbox_.store_->log_.error("uids-not-written",
                                {{"folder", mailbox_.name_}, {"error", why.text}});
    std::erase_if(arrivals_, [](const Arrival& arrival) { return !arrival.has_line; });
    is_stable_ = false;
    is_put_off_ = true;
}

/// Messages for which no UID is left stay where they are, unseen; the others are
/// served.
void Sync::drop_those_without_uid()
{
    const auto dropped = std::erase_if(
        arrivals_, [](const Arrival& arrival) { return arrival.record.uid == 0; });
    if (dropped > 0)
        mailbox_.store_->log_.error(
            "no-uid-left", {{"folder", mailbox_.name_}, {"messages", dropped}});
}

base::Status Sync::write_lines(const std::vector<UidList::Line>& lines,
                               const indexing::FolderRecord& record)
{
    const int fd = mailbox_.folder_.fd();
    if (list_)
        return list_->append(fd, lines);
    const maildir::FileStamp known = {record.uidlist.inode, record.uidlist.size,
                                      record.uidlist.mtime_ns};
    const auto stamp = maildir::append_uid_lines(fd, known, lines);
    if (!stamp)
        return stamp.error();
    uidlist_stamp_ = stamp_of(*stamp);
    return base::Done{};
}

void Sync::apply_courier_keywords()
{
    for (auto& record : changed_) {
        const auto at = courier_keywords_.find(record.view().base_name());
        if (at == courier_keywords_.end() || record.place != indexing::Place::Cur)
            continue;
        const auto name = maildir::Name::parse(record.name)
                              .with(record.flags, record.keywords | at->second)
                              .to_text();
        if (mailbox_.folder_.rename(Where::Cur, record.name, Where::Cur, name)) {
            record.name = name;
            record.keywords |= at->second;
        }
    }
}

void Sync::move_to_cur()
{
    // Those that EXAMINE or STATUS gave their UIDs wait in new/ for this.
    {
        const auto read = mailbox_.index().read();
        const auto record = mailbox_.record(read);
        if (!record)
            return;
        base::NumberSet in_hand;
        for (const auto& changed : changed_)
            in_hand.add(changed.uid);
        in_hand.add(vanished_);
        read.for_each(record->id, record->first_recent, record->uid_next - 1,
                      [&](const indexing::MessageView& message) {
                          if (message.place == indexing::Place::New &&
                              !in_hand.contains(message.uid))
                              changed_.emplace_back(message);
                      });
    }
    for (auto& record : changed_) {
        if (record.place != indexing::Place::New)
            continue;
        const auto name = maildir::Name::parse(record.name)
                              .with(record.flags, record.keywords)
                              .to_text();
        if (mailbox_.folder_.rename(Where::New, record.name, Where::Cur, name)) {
            record.name = name;
            record.place = indexing::Place::Cur;
        } // else it stays where it is, which is no worse
    }
}

base::Status Sync::update_index()
{
    std::sort(changed_.begin(), changed_.end(),
              [](const auto& one, const auto& other) { return one.uid < other.uid; });
    if (list_)
        uidlist_stamp_ = stamp_of(list_->stamp());

    Uid claimed_from = 0;
    Uid claimed_to = 0;
    const auto done =
        mailbox_.index().write([&](indexing::Write& write) -> base::Status {
            auto folder = mailbox_.record(write);
            if (!folder)
                return Error{Errc::Internal, "The folder is not in its index"};
            if (!changed_.empty() || !vanished_.empty()) {
                const auto mod_sequence = write.next_modseq(folder->id);
                if (auto ok = write.expunge(folder->id, vanished_, mod_sequence); !ok)
                    return ok;
                for (auto& record : changed_)
                    record.modseq = mod_sequence;
                if (auto ok = write.put_messages(folder->id, changed_); !ok)
                    return ok;
                folder = write.folder(folder->id);
            }
            if (uidlist_stamp_)
                folder->uidlist = *uidlist_stamp_;
            if (list_ && list_->uid_next() != 0)
                folder->uid_next = std::max(folder->uid_next, list_->uid_next());
            if (is_new_record_)
                folder->first_recent = first_in_new_.value_or(folder->uid_next);
            const bool is_known = is_stable_ && mailbox_.young_.empty();
            if (did_scan_ || did_scan_new_)
                folder->new_dir = is_known ? stamp_of(stamps_[0]) : indexing::Stamp{};
            if (did_scan_) {
                folder->is_complete = true;
                folder->cur_dir = is_known ? stamp_of(stamps_[1]) : indexing::Stamp{};
            }
            if (auto ok = write.put_folder(*folder); !ok)
                return ok;
            if (mailbox_.access_ == Access::ReadWrite) {
                claimed_from = write.claim_recent(folder->id);
                claimed_to = folder->uid_next;
            }
            return base::Done{};
        });
    if (!done && changed_.empty() && vanished_.empty() && !is_new_record_) {
        // Nothing is lost but that we looked: the disk is full, or worse.
        mailbox_.store_->log_.warn("index-write", {{"error", done.error().text}});
        return base::Done{};
    }
    if (done && claimed_from != 0 && claimed_from < claimed_to) {
        mailbox_.claimed_recent_.add(claimed_from, claimed_to - 1);
        mailbox_.arrivals_.add(claimed_from, claimed_to - 1);
    }
    return done;
}

} // namespace mailbox
