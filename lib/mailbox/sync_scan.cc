// SPDX-License-Identifier: ISC
/// \file
/// A sync that looks at all names: reads both directories, or new/ alone, until it can
/// believe what it saw, and compares that with the index. See sync.cc for the why.
#include "mailbox/sync.h"

#include <set>
#include <string>

#include "mailbox/places.h"
#include "mailbox/store.h"
#include "maildir/name.h"

namespace mailbox {

using base::Errc;
using base::Error;
using maildir::Where;

namespace {

/// How often we read the uidlist again that another program is writing to.
constexpr int uidlist_tries = 3;
/// How often a changing directory is read before we believe that a name is missing.
constexpr int scans_to_believe = 3;

} // namespace

base::Status Sync::look_everywhere_locked()
{
    for (int tries = 1;; ++tries) {
        auto done = look_once_locked();
        if (done || tries == uidlist_tries)
            return done;
        // Internal: the record went while we looked, with a folder that was renamed.
        if (done.error().code != Errc::Busy && done.error().code != Errc::Internal)
            return done;
    }
}

base::Status Sync::look_once_locked()
{
    arrivals_.clear();
    changed_.clear();
    vanished_.clear();
    seen_.clear();
    mailbox_.young_.clear(); // those that still are will be found again
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
    if (!record)
        record = adopt_record();
    if (!record || !record->is_complete) {
        if (mailbox_.uid_validity_ != 0 &&
            mailbox_.uid_validity_ != list_->uid_validity())
            return Error{Errc::Gone, "The mailbox has been made anew"};
        if (auto done = make_record(); !done)
            return done;
    }
    {
        const auto read = mailbox_.index().read();
        record = mailbox_.record(read);
        if (!record)
            return Error{Errc::Internal, "The folder is not in its index"};
        if (auto taken = mailbox_.take_record(read, *record); !taken)
            return taken;
    }
    mailbox_.uid_validity_ = record->uid_validity;

    if (auto done = scan_until_certain(*record); !done)
        return done;
    compare(*record);
    if (auto done = admit_arrivals(); !done)
        return done;
    if (is_new_record_) { // it is complete now
        const auto read = mailbox_.index().read();
        if (const auto made = mailbox_.record(read)) {
            if (auto taken = mailbox_.take_record(read, *made); !taken)
                return taken;
        }
    }
    return compact_uidlist();
}

/// Looks at the names in new/, of which there are few, if cur/ is as the index has it:
/// what a delivery costs must not depend on how much mail there is.
base::Status Sync::look_at_new_locked()
{
    std::optional<indexing::FolderRecord> record;
    {
        // As it is now: another session may have looked while we waited for the lock.
        const auto read = mailbox_.index().read();
        record = mailbox_.record(read);
    }
    const auto cur = mailbox_.folder_.stamp(Where::Cur);
    if (!cur)
        return cur.error();
    stamps_[slot(Where::Cur)] = *cur;
    if (!record || !record->is_complete || record->id != mailbox_.folder_id_ ||
        stamp_of(*cur) != record->cur_dir || !uidlist_agrees(*record))
        return look_everywhere_locked();
    auto listing =
        maildir::scan(mailbox_.folder_, Where::New, *mailbox_.store_->clock_);
    if (!listing)
        return listing.error();
    stamps_[slot(Where::New)] = listing->before();
    is_stable_ = listing->is_stable();
    mailbox_.young_.clear();
    listings_.push_back(std::move(*listing));
    note(listings_.back(), Where::New);
    mailbox_.uid_validity_ = record->uid_validity;
    if (!take_from_new(*record))
        return look_everywhere_locked();
    did_scan_new_ = true;
    return admit_arrivals();
}

/// False if what is in new/ cannot be understood without cur/: a message has left it,
/// or is in both.
bool Sync::take_from_new(const indexing::FolderRecord& record)
{
    std::vector<const Seen*> unknown;
    {
        const auto read = mailbox_.index().read();
        for (const Uid uid : read.in_new(record.id)) {
            const auto message = read.message(record.id, uid);
            const auto at = message ? seen_.find(message->base_name()) : seen_.end();
            if (at == seen_.end())
                return false;
            at->second.is_known = true;
            note_difference(*message, at->second);
        }
        for (const auto& [base, seen] : seen_) {
            if (seen.is_known)
                continue;
            if (read.uid_of(record.id, base))
                return false;
            unknown.push_back(&seen);
        }
    }
    for (const Seen* seen : unknown)
        add_arrival(seen->where, std::string(seen->name), Hint::Appeared);
    return true;
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
    // What is in cur/ has the flags. Of two there, the one we know stays.
    const bool is_other_kept =
        one.where != other.where ? one.where == Where::New : is_known_as(other);
    const Seen kept = is_other_kept ? other : one;
    const Seen second_name = is_other_kept ? one : other;
    one = kept;
    if (first->inode != second->inode)
        give_own_name(second_name); // another message under the same name
    else if (!drop_link(second_name, kept))
        one = second_name;
}

bool Sync::is_known_as(const Seen& seen) const
{
    const auto read = mailbox_.index().read();
    const auto uid = read.uid_of(mailbox_.folder_id_, maildir::base_of(seen.name));
    const auto known = uid ? read.message(mailbox_.folder_id_, *uid) : std::nullopt;
    return known && known->name == seen.name && where_of(known->place) == seen.where;
}

/// Removes one of two names of a file, as a crash between link(2) and unlink(2) leaves
/// them. False if the other one has gone meanwhile: then it was a rename that we saw
/// from both sides, and the name to be dropped is the message's only one. So it is
/// moved out of the way first, and removed when the other is still there after that.
bool Sync::drop_link(const Seen& dropped, const Seen& kept)
{
    const std::string name(dropped.name);
    const std::string aside = mailbox_.store_->fresh_base();
    if (!mailbox_.folder_.rename(dropped.where, name, dropped.where, aside))
        return true; // it has gone by itself
    const auto moved = mailbox_.folder_.stat(dropped.where, aside);
    const auto other = mailbox_.folder_.stat(kept.where, std::string(kept.name));
    if (moved && other && moved->inode == other->inode) {
        static_cast<void>(mailbox_.folder_.remove(dropped.where, aside));
        return true;
    }
    static_cast<void>(
        mailbox_.folder_.rename(dropped.where, aside, dropped.where, name));
    return false;
}

void Sync::give_own_name(const Seen& seen)
{
    auto name = maildir::Name::parse(seen.name);
    name.base = mailbox_.store_->fresh_base();
    own_names_.push_back(name.to_text());
    const std::string& text = own_names_.back();
    if (!mailbox_.folder_.rename(seen.where, std::string(seen.name), seen.where, text))
        return; // the next look finds both again
    seen_.emplace(maildir::base_of(text), Seen{seen.where, text, seen.inode, false});
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
    std::set<std::string> renamed;
    for (const auto& [base, seen] : seen_) {
        if (!seen.is_known &&
            !add_arrival(seen.where, std::string(seen.name), Hint::Appeared))
            renamed.emplace(base);
    }
    if (is_new_record_)
        find_expected(std::move(renamed));
    did_scan_ = true;
}

/// A new index knows of no message that could be missing, but its sessions know them.
/// So what the UID list names and the scan did not show is looked for, and what was
/// renamed after the scan, before its file could be looked at. An event may tell the
/// new name as well, but only after the message has been told as gone. That the list
/// has lines of what is long gone costs no more than some scans of a busy directory.
void Sync::find_expected(std::set<std::string> renamed)
{
    std::set<std::string> bases;
    for (std::size_t i = 0; i < list_->size(); ++i) {
        const std::string base(list_->entry(i).base);
        if (renamed.contains(base) || (!is_stable_ && !seen_.contains(base)))
            bases.insert(base);
    }
    for (int barren = 0; !bases.empty() && barren < scans_to_believe;) {
        const std::size_t before = bases.size();
        for (const Where where : {Where::New, Where::Cur}) {
            const auto listing =
                maildir::scan(mailbox_.folder_, where, *mailbox_.store_->clock_);
            if (!listing)
                return;
            for (const auto& sighting : listing->sightings()) {
                const std::string name(sighting.name);
                const auto at = bases.find(std::string(maildir::base_of(name)));
                if (at != bases.end() && add_arrival(where, name, Hint::Appeared))
                    bases.erase(at);
            }
        }
        barren = bases.size() == before ? barren + 1 : 0;
    }
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

} // namespace mailbox
