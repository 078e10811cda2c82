// SPDX-License-Identifier: ISC
/// \file
/// How index and disk come to agree (HACKING.md).
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
/// the index. If new/ alone has changed, its names are read, which are few; else a
/// difference means that all names are read. With a watch the times
/// are compared all the same, with those up to which *this* session has accounted for
/// every change: a directory that changed and made no event is on a file system where
/// inotify is blind, and is read whole.
///
/// Times that lie. Two changes within one tick of the file system's clock leave the
/// same mtime, so a directory read within two ticks of its last change counts as
/// unread: its time is not kept (`Listing::is_stable`). A session that watched the
/// change and has seen the time stand still for longer writes it down later
/// (`settle_stamps`): at its next look, in IDLE when the time has come, or when it
/// leaves the mailbox. Else the next SELECT of a large mailbox would read it all again
/// for the one message that we have moved to cur/ ourselves. That move cannot be
/// written down at once: nothing tells a time that our rename left from one that
/// another program's left in the same tick, just after we looked for events.
///
/// What is missing (R23). readdir(3) gives names that were there at some moment; of a
/// file that is renamed meanwhile it may give neither name. So a message whose base
/// name was not seen is a suspect. It is gone when a scan of an unchanged directory
/// did not show it, or when three scans in a row did not: one scan misses about one
/// rename in ten thousand, and each is another throw of the dice. Until then it
/// keeps its UID and its place. An index made anew knows nothing that could be
/// missing; there the UID list says what to expect, for the sessions still know it.
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
#include <utility>

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
using maildir::Where;

namespace {

/// A uidlist of more than so many octets a message is worth a rewrite.
constexpr std::uint64_t fat_line = 400;

} // namespace

base::Status Sync::run()
{
    if (auto taken = take_stamps(); !taken)
        return taken;
    const auto done = look(take_hints());
    note_next_look();
    if (done) {
        mailbox_.accounted_ = stamps_;
        mailbox_.must_look_everywhere_ = is_put_off_;
    } else {
        mailbox_.must_look_everywhere_ = true; // whatever was left undone
    }
    note_settling();
    return done;
}

/// Takes the directories' states, such that all events up to them are here.
base::Status Sync::take_stamps()
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
    return base::Done{};
}

base::Status Sync::look(const Hints& hints)
{
    std::optional<indexing::FolderRecord> record;
    bool is_followed = false;
    bool agrees = false;
    {
        const auto read = mailbox_.index().read();
        record = mailbox_.record(read);
        const bool is_complete = record && record->is_complete;
        if (is_complete) {
            if (auto taken = mailbox_.take_record(read, *record); !taken)
                return taken;
        }
        is_followed = is_complete && is_live() && !is_blind_change(hints);
        if (is_complete)
            agrees = is_followed ? index_agrees(hints) : stamps_agree(*record);
    }
    if (agrees) {
        mailbox_.uid_validity_ = record->uid_validity;
        if (!needs_move(*record)) {
            settle_stamps(*record);
            return base::Done{};
        }
    }

    const auto lock = mailbox_.folder_.lock();
    if (!lock)
        return lock.error();
    if (!mailbox_.index().is_current()) { // see Mailbox::lock_for_change
        if (auto done = mailbox_.store_->ensure_index(); !done)
            return done;
        return look_everywhere_locked();
    }
    const auto now = mailbox_.record(mailbox_.index().read());
    if (!now || now->id != mailbox_.folder_id_) // made anew while we waited
        return look_everywhere_locked();
    const auto done = agrees        ? admit_arrivals()
                      : is_followed ? follow(hints)
                                    : look_at_new_locked();
    if (!done && done.error().code == Errc::Busy) // the uidlist is not as we know it
        return look_everywhere_locked();
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
    // Those whose time has come; if they still look young, they are put back.
    const std::int64_t now = mailbox_.store_->clock_->steady_us();
    std::erase_if(mailbox_.young_, [&](const auto& entry) {
        if (entry.second <= now)
            hints[{Where::New, entry.first}] = Hint::Appeared;
        return entry.second <= now;
    });
    // Its memory goes with it: after a change of 10,000 messages that is a megabyte.
    const auto events = std::exchange(mailbox_.events_, {});
    for (const auto& event : events) {
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
            if (event.place == watch::Place::New)
                mailbox_.young_.erase(event.name);
            break;
        case watch::Kind::SelfGone:
            break;
        }
    }
    return hints;
}

void Sync::note_next_look()
{
    mailbox_.look_again_at_.reset();
    for (const auto& [name, until] : mailbox_.young_) {
        if (!mailbox_.look_again_at_ || until < *mailbox_.look_again_at_)
            mailbox_.look_again_at_ = until;
    }
}

/// Where we watch, what we have renamed ourselves needs no reading, but the times of
/// the directories can be believed only when they have stood still for a while.
void Sync::note_settling()
{
    mailbox_.settle_at_.reset();
    if (is_settled_ || !is_live() || !mailbox_.young_.empty())
        return;
    std::int64_t wait_us = 0;
    const base::Clock& clock = *mailbox_.store_->clock_;
    for (const Where where : {Where::New, Where::Cur}) {
        const auto stamp = mailbox_.folder_.stamp(where);
        if (!stamp)
            return;
        const std::int64_t age_us = clock.wall_us() - stamp->mtime_ns / 1000;
        wait_us =
            std::max(wait_us, maildir::quiet_time_us(stamp->mtime_ns) - age_us + 1);
    }
    mailbox_.settle_at_ = clock.steady_us() + wait_us;
}

void Sync::settle()
{
    if (!is_live() || !take_stamps())
        return;
    std::optional<indexing::FolderRecord> record;
    {
        const auto read = mailbox_.index().read();
        record = mailbox_.record(read);
    }
    const Hints hints = take_hints();
    if (record && record->id == mailbox_.folder_id_ && record->is_complete &&
        !is_blind_change(hints) && index_agrees(hints)) {
        mailbox_.accounted_ = stamps_;
        settle_stamps(*record);
    } else {
        mailbox_.must_look_everywhere_ = true; // the hints have been taken
    }
    note_settling();
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

bool Sync::uidlist_agrees(const indexing::FolderRecord& record) const
{
    const auto list =
        maildir::FileStamp::of(mailbox_.folder_.fd(), maildir::UidList::file_name);
    if (!list || stamp_of(*list) != record.uidlist)
        return false;
    // Else most of its lines are of messages that are gone.
    return list->size <= 4096 + fat_line * (std::uint64_t{record.messages} + 1);
}

bool Sync::stamps_agree(const indexing::FolderRecord& record) const
{
    return uidlist_agrees(record) && stamp_of(stamps_[0]) == record.new_dir &&
           stamp_of(stamps_[1]) == record.cur_dir;
}

void Sync::settle_stamps(const indexing::FolderRecord& record)
{
    is_settled_ = stamp_of(stamps_[0]) == record.new_dir &&
                  stamp_of(stamps_[1]) == record.cur_dir;
    if (is_settled_)
        return;
    const std::int64_t now = mailbox_.store_->clock_->wall_us();
    if (!mailbox_.young_.empty() ||
        maildir::may_still_change(stamps_[0].mtime_ns, now) ||
        maildir::may_still_change(stamps_[1].mtime_ns, now))
        return;
    is_settled_ = true; // failing at it would fail again
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

} // namespace mailbox
