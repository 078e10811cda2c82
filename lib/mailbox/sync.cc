// SPDX-License-Identifier: ISC
/// \file
/// How index and disk come to agree (DESIGN §5).
///
/// The Maildir is the truth, anyone may change it at any time without telling us, and
/// the file system has no operation that reads a directory as of one moment. The index
/// is what all sessions of a user believe about it. A sync makes the belief true again:
/// it finds what differs, gives UIDs to what is new, and writes the difference into the
/// index under the folder's lock, with one new MODSEQ. Sessions then learn from the
/// index what changed, whoever did the sync, so that most of them never take the lock:
/// of three sessions that wake for one message the first does the work, and the others
/// find the names in their events as the index has them.
///
/// Where to look. With a live watch only the names in the events are looked at: an
/// event is a hint (R21), and what counts is what fstatat(2) then says of that name. A
/// mailbox of 100,000 messages costs no more than one of ten. Without a watch, at the
/// first look, or after an overflow, the directories' times are compared with those in
/// the index, and a difference means that all names are read. With a watch the times
/// are compared all the same, with those up to which *this* session has accounted for
/// every change: a directory that changed and made no event is on a file system where
/// inotify is blind, and is read whole.
///
/// Times that lie. Two changes within one tick of the file system's clock leave the
/// same mtime, so a directory read within two ticks of its last change counts as
/// unread: its time is not kept (`Listing::is_stable`). A session that watched the
/// change and has seen the time stand still for longer writes it down later
/// (`settle_stamps`), or the next SELECT of a large mailbox would read it all again for
/// one message.
///
/// What is missing (R23). readdir(3) gives names that were there at some moment; of a
/// file that is renamed meanwhile it may give neither name. So a message whose base
/// name was not seen is a suspect. It is gone when a scan of an unchanged directory
/// did not show it, or when three scans in a row did not: one scan misses about one
/// rename in ten thousand, and each is another throw of the dice. Until then it
/// keeps its UID and its place.
///
/// What is new gets its UIDs in the order of delivery (R24). The order of things is:
/// lines to dovecot-uidlist, fdatasync, rename into cur/ (only where the mailbox is
/// open for writing), index. A crash between any two leaves a truth from which the next
/// sync goes on: a UID that was assigned and not announced is found in the list.
///
/// What was rejected: a lock for readers (a search would hold up deliveries); keeping
/// the list of names in memory (0.1 KB a message and client); believing MOVED_FROM
/// without a scan (the MOVED_TO may be in another batch of events, or not watched).
#include "mailbox/sync.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/scope_exit.h"
#include "io/file.h"
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
/// How often a changing directory is read before we believe that a name is missing.
constexpr int scans_to_believe = 3;
/// A uidlist of more than so many octets a message is worth a rewrite.
constexpr std::uint64_t fat_line = 400;

constexpr std::size_t slot(Where where)
{
    return where == Where::New ? 0 : 1;
}

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
    // ,W= is believed where ,S= tells the truth (FACTS: edited, compressed files).
    if (parsed.size() == facts.size)
        record.wire_octets = parsed.wire_size().value_or(0);
    record.internal_date = facts.mtime_ns / 1'000'000'000;
    return record;
}

} // namespace

base::Status Sync::run()
{
    for (int round = 0; round < 4; ++round) {
        for (const Where where : {Where::New, Where::Cur}) {
            const auto stamp = mailbox_.folder_.stamp(where);
            if (!stamp)
                return stamp.error();
            stamps_[slot(where)] = *stamp;
        }
        const std::size_t before = mailbox_.events_.size();
        mailbox_.store_->drain_events();
        if (mailbox_.events_.size() == before)
            break; // no change since the stamps were taken
    }
    const Hints hints = take_hints();

    std::optional<indexing::FolderRecord> record;
    bool agrees = false;
    {
        const auto read = mailbox_.index().read();
        record = mailbox_.record(read);
        if (record)
            mailbox_.folder_id_ = record->id;
    }
    if (record && record->is_complete) {
        if (mailbox_.uid_validity_ != 0 &&
            mailbox_.uid_validity_ != record->uid_validity)
            return Error{Errc::Gone, "The mailbox has been made anew"};
        mailbox_.uid_validity_ = record->uid_validity;
        if (is_live() && !is_blind_change(hints))
            agrees = index_agrees(hints);
        else
            agrees = stamps_agree(*record);
        if (agrees && !needs_move(*record)) {
            settle_stamps(*record);
            mailbox_.accounted_ = stamps_;
            mailbox_.must_look_everywhere_ = false;
            return base::Done{};
        }
    }

    auto lock = mailbox_.folder_.lock();
    if (!lock)
        return lock.error();
    const bool only_hints =
        record && record->is_complete && is_live() && !is_blind_change(hints);
    const auto done = agrees       ? admit_arrivals()
                      : only_hints ? follow(hints)
                                   : look_everywhere_locked();
    if (done) {
        mailbox_.accounted_ = stamps_;
        mailbox_.must_look_everywhere_ = false;
    } else {
        mailbox_.must_look_everywhere_ = true; // whatever was left undone
    }
    return done;
}

bool Sync::is_live() const
{
    return mailbox_.token_ && mailbox_.store_->watcher_ &&
           !mailbox_.must_look_everywhere_;
}

Sync::Hints Sync::take_hints()
{
    Hints hints;
    const std::int64_t now = mailbox_.store_->clock_->steady_us();
    for (const auto& [name, until] : mailbox_.young_) {
        if (until <= now)
            hints[{Where::New, name}] = Hint::Appeared;
    }
    for (const auto& event : mailbox_.events_) {
        if (event.name.empty() || event.name.front() == '.')
            continue;
        const auto key = std::pair(where_of(event.place), event.name);
        switch (event.kind) {
        case watch::Kind::Created:
            hints[key] = Hint::Appeared;
            break;
        case watch::Kind::MovedIn:
        case watch::Kind::Closed:
            hints[key] = Hint::AppearedWhole;
            break;
        case watch::Kind::MovedOut:
        case watch::Kind::Deleted:
            hints[key] = Hint::Disappeared;
            break;
        case watch::Kind::SelfGone:
            break;
        }
    }
    mailbox_.events_.clear();
    return hints;
}

bool Sync::index_agrees(const Hints& hints) const
{
    const auto read = mailbox_.index().read();
    return std::all_of(hints.begin(), hints.end(), [&](const auto& entry) {
        const auto& [where, name] = entry.first;
        const auto uid = read.uid_of(mailbox_.folder_id_, maildir::base_of(name));
        const auto known = uid ? read.message(mailbox_.folder_id_, *uid) : std::nullopt;
        const bool is_this =
            known && known->name == name && where_of(known->place) == where;
        return is_this == (entry.second != Hint::Disappeared);
    });
}

bool Sync::is_blind_change(const Hints& hints) const
{
    for (const Where where : {Where::New, Where::Cur}) {
        if (stamps_[slot(where)] == mailbox_.accounted_[slot(where)])
            continue;
        const bool has_event =
            std::any_of(hints.begin(), hints.end(),
                        [&](const auto& entry) { return entry.first.first == where; });
        if (!has_event)
            return true;
    }
    return false;
}

bool Sync::stamps_agree(const indexing::FolderRecord& record) const
{
    const auto list = maildir::FileStamp::of(mailbox_.folder_.fd(), UidList::file_name);
    if (!list || stamp_of(*list) != record.uidlist)
        return false;
    if (list->size > 4096 + fat_line * (std::uint64_t{record.messages} + 1))
        return false; // most of its lines are of messages that are gone
    return stamp_of(stamps_[0]) == record.new_dir &&
           stamp_of(stamps_[1]) == record.cur_dir;
}

void Sync::settle_stamps(const indexing::FolderRecord& record)
{
    if (stamp_of(stamps_[0]) == record.new_dir &&
        stamp_of(stamps_[1]) == record.cur_dir)
        return;
    const std::int64_t now = mailbox_.store_->clock_->wall_us();
    if (!mailbox_.young_.empty() ||
        maildir::may_still_change(stamps_[0].mtime_ns, now) ||
        maildir::may_still_change(stamps_[1].mtime_ns, now))
        return;
    static_cast<void>(
        mailbox_.index().write([&](indexing::Write& write) -> base::Status {
            auto now_there = write.folder(mailbox_.folder_id_);
            if (!now_there)
                return base::Done{};
            now_there->new_dir = stamp_of(stamps_[0]);
            now_there->cur_dir = stamp_of(stamps_[1]);
            return write.put_folder(*now_there);
        }));
}

bool Sync::needs_move(const indexing::FolderRecord& record) const
{
    return mailbox_.access_ == Access::ReadWrite &&
           record.first_recent < record.uid_next;
}

// With a watch: the names in the events.

base::Status Sync::follow(const Hints& hints)
{
    std::vector<std::string> bases;
    for (const auto& [key, hint] : hints)
        bases.emplace_back(maildir::base_of(key.second));
    std::sort(bases.begin(), bases.end());
    bases.erase(std::unique(bases.begin(), bases.end()), bases.end());
    for (const std::string& base : bases) {
        if (!follow_base(base, hints))
            return look_everywhere_locked();
    }
    return admit_arrivals();
}

bool Sync::follow_base(const std::string& base, const Hints& hints)
{
    std::optional<indexing::MessageRecord> known;
    {
        const auto read = mailbox_.index().read();
        if (const auto uid = read.uid_of(mailbox_.folder_id_, base)) {
            if (const auto message = read.message(mailbox_.folder_id_, *uid))
                known.emplace(*message);
        }
    }
    std::vector<std::pair<Where, std::string>> names;
    for (const auto& [key, hint] : hints) {
        if (hint != Hint::Disappeared && maildir::base_of(key.second) == base &&
            mailbox_.folder_.stat(key.first, key.second))
            names.push_back(key);
    }
    if (known) {
        const auto as_known = std::pair(where_of(known->place), known->name);
        if (std::find(names.begin(), names.end(), as_known) == names.end() &&
            mailbox_.folder_.stat(as_known.first, as_known.second))
            names.push_back(as_known);
    }
    if (names.size() > 1 || (names.empty() && known))
        return false; // two names, or none: only a look at all of them tells
    if (names.empty())
        return true;
    const auto& [where, name] = names.front();
    if (known) {
        note_difference(known->view(), {where, name, 0, true});
        return true;
    }
    const auto hint = hints.find(names.front());
    add_arrival(where, name, hint == hints.end() ? Hint::Appeared : hint->second);
    return true;
}

// Without: all names.

base::Status Sync::look_everywhere_locked()
{
    arrivals_.clear();
    changed_.clear();
    vanished_.clear();
    std::optional<indexing::FolderRecord> record;
    {
        const auto read = mailbox_.index().read();
        record = mailbox_.record(read);
    }
    auto list = load_uidlist(record ? &*record : nullptr);
    if (!list)
        return list.error();
    list_.emplace(std::move(*list));
    if (record &&
        (record->uid_validity != list_->uid_validity() || contradicts_index(*record))) {
        mailbox_.store_->log_.warn("uidlist-changed", {{"folder", mailbox_.name_}});
        record.reset();
    }
    if (!record || !record->is_complete) {
        if (auto done = make_record(); !done)
            return done;
        record = mailbox_.record(mailbox_.index().read());
        if (!record)
            return Error{Errc::Internal, "The folder is not in its index"};
    }
    mailbox_.folder_id_ = record->id;
    if (mailbox_.uid_validity_ != 0 && mailbox_.uid_validity_ != record->uid_validity)
        return Error{Errc::Gone, "The mailbox has been made anew"};
    mailbox_.uid_validity_ = record->uid_validity;

    if (auto done = scan_until_certain(*record); !done)
        return done;
    compare(*record);
    if (auto done = admit_arrivals(); !done)
        return done;
    return compact_uidlist();
}

base::Result<UidList> Sync::load_uidlist(const indexing::FolderRecord* record)
{
    const int fd = mailbox_.folder_.fd();
    auto list = UidList::load(fd);
    if (!list && list.error().code == Errc::NotFound)
        list = UidList::import_courier(fd);
    if (list) {
        if (list->was_damaged())
            mailbox_.store_->log_.warn("uidlist-damaged", {{"folder", mailbox_.name_}});
        if (record && record->is_complete)
            list->raise_uid_next(record->uid_next); // UIDNEXT never goes back (R16)
        return list;
    }
    if (list.error().code != Errc::NotFound && list.error().code != Errc::Corrupt)
        return list.error();
    if (record && record->is_complete)
        return uidlist_from_index(*record);
    if (list.error().code == Errc::Corrupt)
        mailbox_.store_->log_.error("uidlist-corrupt", {{"folder", mailbox_.name_},
                                                        {"error", list.error().text}});
    maildir::Guid guid;
    mailbox_.store_->random_->fill(std::as_writable_bytes(std::span(guid)));
    return UidList(
        static_cast<std::uint32_t>(mailbox_.store_->clock_->wall_us() / 1'000'000),
        guid);
}

base::Result<UidList> Sync::uidlist_from_index(const indexing::FolderRecord& record)
{
    // Somebody took the list away. The index knows what was in it, and no client has
    // to see a new UID.
    mailbox_.store_->log_.warn("uidlist-missing", {{"folder", mailbox_.name_}});
    UidList list(record.uid_validity, record.guid, 1);
    std::vector<UidList::Line> lines;
    {
        const auto read = mailbox_.index().read();
        read.for_each(
            record.id, 1, record.uid_next - 1,
            [&](const indexing::MessageView& message) {
                lines.push_back({message.uid, std::string(message.base_name())});
            });
    }
    const int fd = mailbox_.folder_.fd();
    static_cast<void>(::unlinkat(fd, UidList::file_name, 0)); // a corrupt one
    if (auto done = list.append(fd, lines); !done)
        return done.error();
    list.raise_uid_next(record.uid_next);
    if (auto done = list.rewrite(fd); !done)
        return done.error();
    return list;
}

bool Sync::contradicts_index(const indexing::FolderRecord& record) const
{
    bool contradicts = false;
    const auto read = mailbox_.index().read();
    read.for_each(record.id, 1, record.uid_next - 1,
                  [&](const indexing::MessageView& message) {
                      const auto entry = list_->find(message.base_name());
                      contradicts = !entry || entry->uid != message.uid;
                      return !contradicts;
                  });
    return contradicts;
}

base::Status Sync::make_record()
{
    const int fd = mailbox_.folder_.fd();
    if (!list_->guid()) {
        maildir::Guid guid;
        mailbox_.store_->random_->fill(std::as_writable_bytes(std::span(guid)));
        list_->set_guid(guid);
    }
    if (!maildir::FileStamp::of(fd, UidList::file_name)) {
        if (auto done = take_over_courier_keywords(); !done)
            return done;
    }
    if (auto done = list_->rewrite(fd); !done)
        return done;
    is_new_record_ = true;
    return mailbox_.index().write([&](indexing::Write& write) -> base::Status {
        const std::string name = mailbox_.index_name();
        if (write.folder(name))
            static_cast<void>(write.drop_folder(name));
        auto made = write.create_folder(name, list_->uid_validity(), 1, *list_->guid());
        if (!made)
            return made.error();
        return base::Done{};
    });
}

base::Status Sync::take_over_courier_keywords()
{
    const int fd = mailbox_.folder_.fd();
    auto courier = maildir::import_courier_keywords(fd);
    if (!courier)
        return base::Done{}; // none, or not to be read: they are no reason to fail
    for (auto& [base, bits] : courier->messages)
        courier_keywords_.emplace(base, bits);
    if (maildir::FileStamp::of(fd, maildir::Keywords::file_name))
        return base::Done{};
    return courier->keywords.save(fd);
}

base::Status Sync::scan_until_certain(const indexing::FolderRecord& record)
{
    seen_.reserve(record.messages + 64);
    for (int round = 1;; ++round) {
        is_stable_ = true;
        for (const Where where : {Where::New, Where::Cur}) {
            auto listing =
                maildir::scan(mailbox_.folder_, where, *mailbox_.store_->clock_);
            if (!listing)
                return listing.error();
            stamps_[slot(where)] = listing->before();
            is_stable_ = is_stable_ && listing->is_stable();
            listings_.push_back(std::move(*listing));
            note(listings_.back(), where);
        }
        vanished_ = missing(record);
        if (vanished_.empty() || is_stable_ || round == scans_to_believe)
            return base::Done{};
    }
}

void Sync::note(const maildir::Listing& listing, Where where)
{
    for (const auto& sighting : listing.sightings()) {
        const Seen seen = {where, sighting.name, sighting.inode, false};
        const auto base = maildir::base_of(sighting.name);
        const auto [at, is_new] = seen_.emplace(base, seen);
        if (is_new || (at->second.name == seen.name && at->second.where == where))
            continue;
        settle_duplicate(at->second, seen);
    }
}

void Sync::settle_duplicate(Seen& one, const Seen& other)
{
    const auto first = mailbox_.folder_.stat(one.where, std::string(one.name));
    const auto second = mailbox_.folder_.stat(other.where, std::string(other.name));
    if (!second)
        return;
    if (!first) { // renamed while we read: the same message
        one = other;
        return;
    }
    if (first->inode == second->inode) {
        // A crash between link(2) and unlink(2). What is in cur/ has the flags.
        const Seen& dropped = one.where == Where::New ? one : other;
        static_cast<void>(
            mailbox_.folder_.remove(dropped.where, std::string(dropped.name)));
        if (&dropped == &one)
            one = other;
        return;
    }
    // Another message under the same name: it gets a name of its own, and is found
    // under that by the next look.
    auto name = maildir::Name::parse(other.name);
    name.base = mailbox_.store_->fresh_base();
    if (mailbox_.folder_.rename(other.where, std::string(other.name), other.where,
                                name.to_text()))
        add_arrival(other.where, name.to_text(), Hint::AppearedWhole);
}

base::NumberSet Sync::missing(const indexing::FolderRecord& record) const
{
    base::NumberSet missing;
    const auto read = mailbox_.index().read();
    read.for_each(record.id, 1, record.uid_next - 1,
                  [&](const indexing::MessageView& message) {
                      if (!seen_.contains(message.base_name()))
                          missing.add(message.uid);
                  });
    return missing;
}

void Sync::compare(const indexing::FolderRecord& record)
{
    {
        const auto read = mailbox_.index().read();
        read.for_each(record.id, 1, record.uid_next - 1,
                      [&](const indexing::MessageView& message) {
                          const auto at = seen_.find(message.base_name());
                          if (at == seen_.end())
                              return;
                          at->second.is_known = true;
                          note_difference(message, at->second);
                      });
    }
    for (const auto& [base, seen] : seen_) {
        if (!seen.is_known)
            add_arrival(seen.where, std::string(seen.name), Hint::Appeared);
    }
    did_scan_ = true;
}

void Sync::note_difference(const indexing::MessageView& message, const Seen& seen)
{
    if (message.name == seen.name && where_of(message.place) == seen.where)
        return;
    indexing::MessageRecord record(message);
    const auto name = maildir::Name::parse(seen.name);
    record.name = seen.name;
    record.place = place_of(seen.where);
    record.flags = name.flags;
    record.keywords = name.keywords;
    changed_.push_back(std::move(record));
}

// What is new.

bool Sync::is_still_written(const std::string& name, Hint hint,
                            const maildir::FileFacts& facts)
{
    const auto forget = [&] {
        mailbox_.young_.erase(name);
        return false;
    };
    const std::int64_t age_us =
        mailbox_.store_->clock_->wall_us() - facts.mtime_ns / 1000;
    if (hint == Hint::AppearedWhole || facts.links > 1 || age_us > quiet_us)
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

void Sync::add_arrival(Where where, const std::string& seen_name, Hint hint)
{
    const auto name = storable_name(where, seen_name);
    if (!name)
        return;
    const auto facts = mailbox_.folder_.stat(where, *name);
    if (!facts) // gone again, or not a regular file
        return;
    if (where == Where::New && is_still_written(*name, hint, *facts))
        return;
    Arrival arrival{record_of(*name, where, *facts), false};
    if (list_) {
        // A line for it that the index never had: assigned, and then a crash; or by
        // another server. A line below UIDNEXT of the index is of a message whose end
        // the clients have been told (R23): it comes back as a new one.
        const auto entry = list_->find(maildir::base_of(*name));
        if (entry && entry->uid >= first_unknown_uid()) {
            arrival.record.uid = entry->uid;
            arrival.has_line = true;
        }
    }
    arrivals_.push_back(std::move(arrival));
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
    std::sort(arrivals_.begin(), arrivals_.end(),
              [this](const Arrival& one, const Arrival& other) {
                  // A folder that is taken over: what is in new/ is what its user has
                  // not seen yet, and must come last to be \Recent.
                  if (is_new_record_ && one.record.place != other.record.place)
                      return one.record.place == indexing::Place::Cur;
                  return maildir::order_of(one.record.name) <
                         maildir::order_of(other.record.name);
              });
    if (auto done = assign_uids(); !done)
        return done;
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
    mailbox_.look_again_at_.reset();
    for (const auto& [name, until] : mailbox_.young_) {
        if (!mailbox_.look_again_at_ || until < *mailbox_.look_again_at_)
            mailbox_.look_again_at_ = until;
    }
    return update_index();
}

base::Status Sync::assign_uids()
{
    for (int attempt = 0; attempt < 2; ++attempt) {
        std::vector<UidList::Line> lines;
        std::optional<indexing::FolderRecord> record =
            mailbox_.record(mailbox_.index().read());
        if (!record)
            return Error{Errc::Internal, "The folder is not in its index"};
        Uid next = list_ ? list_->uid_next() : record->uid_next;
        for (Arrival& arrival : arrivals_) {
            if (arrival.has_line)
                continue;
            if (next == 0)
                return Error{Errc::Limit, "The mailbox has no UID left"};
            arrival.record.uid = next++;
            arrival.record.saved_date = mailbox_.store_->clock_->wall_us() / 1'000'000;
            lines.push_back({arrival.record.uid,
                             std::string(maildir::base_of(arrival.record.name))});
        }
        if (lines.empty())
            return base::Done{};
        const auto done = write_lines(lines, *record);
        if (done || done.error().code != Errc::Busy)
            return done;
        // Another program has written to the list: read it, and try once more.
        auto list = load_uidlist(&*record);
        if (!list)
            return list.error();
        list_.emplace(std::move(*list));
    }
    return Error{Errc::Busy, "dovecot-uidlist is being written by another program"};
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
            auto folder = write.folder(mailbox_.index_name());
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
            if (did_scan_) {
                folder->is_complete = true;
                const bool is_known = is_stable_ && mailbox_.young_.empty();
                folder->new_dir = is_known ? stamp_of(stamps_[0]) : indexing::Stamp{};
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
    if (done && claimed_from != 0 && claimed_from < claimed_to)
        mailbox_.claimed_recent_.add(claimed_from, claimed_to - 1);
    return done;
}

base::Status Sync::compact_uidlist()
{
    base::NumberSet live;
    {
        const auto read = mailbox_.index().read();
        live = read.uids(mailbox_.folder_id_);
    }
    if (!is_stable_ || !list_->needs_compaction(live.size()))
        return base::Done{};
    if (auto done = list_->compact(mailbox_.folder_.fd(), live); !done)
        return done;
    uidlist_stamp_ = stamp_of(list_->stamp());
    return mailbox_.index().write([&](indexing::Write& write) -> base::Status {
        auto folder = write.folder(mailbox_.folder_id_);
        if (!folder)
            return base::Done{};
        folder->uidlist = *uidlist_stamp_;
        return write.put_folder(*folder);
    });
}

} // namespace mailbox
