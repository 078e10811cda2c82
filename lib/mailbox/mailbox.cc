// SPDX-License-Identifier: ISC
#include "mailbox/mailbox.h"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>

#include <sys/stat.h>

#include "mailbox/places.h"
#include "mailbox/store.h"
#include "mailbox/sync.h"

namespace mailbox {

using base::Errc;
using base::Error;

namespace {

/// So many events are kept for the next sync.
constexpr std::size_t max_events = 65536;

Facts facts_of(const indexing::MessageView& message)
{
    Facts facts;
    facts.uid = message.uid;
    facts.flags = {message.flags, message.keywords};
    facts.mod_sequence = message.modseq;
    facts.octets = message.octets;
    facts.wire_octets = message.wire_octets;
    facts.internal_date = message.internal_date;
    facts.saved_date = message.saved_date;
    return facts;
}

bool by_uid(const Changes::Flagged& one, const Changes::Flagged& other)
{
    return one.uid < other.uid;
}

indexing::Kind kind_of(Cached kind)
{
    switch (kind) {
    case Cached::Envelope:
        return indexing::Kind::Envelope;
    case Cached::BodyStructure:
        return indexing::Kind::BodyStructure;
    case Cached::Body:
        return indexing::Kind::Body;
    case Cached::Preview:
        return indexing::Kind::Preview;
    case Cached::Digest:
        return indexing::Kind::Digest;
    case Cached::Structure:
        break;
    }
    return indexing::Kind::Structure;
}

} // namespace

Mailbox::Mailbox(Store& store, std::string name, maildir::Folder folder, Access access)
    : store_(&store), name_(std::move(name)), folder_(std::move(folder)),
      access_(access)
{
    store_->open_mailboxes_.push_back(this);
}

Mailbox::~Mailbox()
{
    stop_watching();
    std::erase(store_->open_mailboxes_, this);
}

indexing::Index& Mailbox::index() const
{
    if (!store_->index_) // it was taken away, and could not be made anew
        throw indexing::Failed(Error{Errc::Io, "There is no index"});
    return *store_->index_;
}

std::optional<indexing::FolderRecord> Mailbox::record(const indexing::Read& read) const
{
    // Another session may rename the folder at any moment, also while we look: its
    // record goes along, and what is under the old name then is another one.
    const auto ours = folder_id_ != 0 ? read.folder(folder_id_) : std::nullopt;
    return ours ? ours : read.folder(index_name());
}

Uid Mailbox::uid_next() const
{
    const auto now = record(index().read());
    return now ? now->uid_next : 1;
}

std::array<std::uint8_t, 16> Mailbox::guid() const
{
    const auto now = record(index().read());
    return now ? now->guid : std::array<std::uint8_t, 16>{};
}

std::optional<Uid> Mailbox::first_unseen() const
{
    return index().read().first_unseen(folder_id_);
}

bool Mailbox::is_removed() const
{
    struct stat status = {};
    return ::fstat(folder_.fd(), &status) != 0 || status.st_nlink == 0;
}

bool Mailbox::has_lost_directory() const
{
    for (const auto where : {maildir::Where::New, maildir::Where::Cur}) {
        struct stat status = {};
        if (::fstat(folder_.fd(where), &status) != 0 || status.st_nlink == 0)
            return true;
    }
    return false;
}

base::Status Mailbox::open_directories()
{
    auto folder = maildir::Folder::open(folder_.fd(), "");
    if (!folder)
        return folder.error();
    stop_watching();
    folder_ = std::move(*folder);
    must_look_everywhere_ = true;
    return watch();
}

base::Status Mailbox::watch()
{
    if (!store_->watcher_)
        return base::Done{};
    auto token = store_->watcher_->add(folder_.fd(maildir::Where::New),
                                       folder_.fd(maildir::Where::Cur));
    if (!token)
        return token.error();
    token_ = *token;
    return base::Done{};
}

void Mailbox::stop_watching()
{
    if (token_ && store_->watcher_)
        store_->watcher_->remove(*token_);
    token_.reset();
}

void Mailbox::hear(const watch::Event& event)
{
    if (events_.size() == max_events) { // syncs fail: one good look does for all
        events_.clear();
        must_look_everywhere_ = true;
    }
    events_.push_back(event);
}

bool Mailbox::is_in_its_place() const
{
    if (name_.empty())
        return true;
    struct stat ours = {};
    struct stat named = {};
    const std::string directory = maildir::Tree::directory_of(name_);
    return ::fstat(folder_.fd(), &ours) == 0 &&
           ::fstatat(store_->tree_.fd(), directory.c_str(), &named, 0) == 0 &&
           ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

base::Status Mailbox::find_again()
{
    // Whoever renames folders of ours holds this lock until all of it is done.
    const auto lock = store_->lock_root();
    if (!lock)
        return lock.error();
    if (is_in_its_place())
        return base::Done{};
    const auto folders = store_->tree_.list();
    if (!folders)
        return folders.error();
    const std::string old_name = name_;
    for (const std::string& folder : *folders) {
        name_ = folder;
        if (!name_.empty() && is_in_its_place()) {
            folder_id_ = 0; // what counts is the record of that name
            return base::Done{};
        }
    }
    name_ = old_name;
    return Error{Errc::Gone, "The mailbox has been removed"};
}

base::Status Mailbox::sync()
{
    // Whatever comes of it: events that nobody takes would wake the session for ever.
    store_->drain_events();
    if (is_removed())
        return Error{Errc::Gone, "The mailbox has been removed"};
    if (!is_in_its_place()) {
        if (auto found = find_again(); !found)
            return found;
    }
    if (has_lost_directory()) {
        if (auto found = open_directories(); !found)
            return found;
    }
    try {
        if (auto done = store_->ensure_index(); !done)
            return done;
        const auto done = Sync(*this).run();
        if (done || is_removed() || is_in_its_place())
            return done;
        // It was renamed while we looked, and its record with it.
        if (auto found = find_again(); !found)
            return found;
        return Sync(*this).run();
    } catch (const indexing::Damaged&) {
        // A boundary of its own: the index is a cache, and what was wrong with it has
        // been set aside already. A second fault in a row goes to the session's.
        must_look_everywhere_ = true;
        if (auto done = store_->ensure_index(); !done)
            return done;
        return Sync(*this).run();
    }
}

base::Status Mailbox::ensure_known()
{
    try {
        const auto now = record(index().read());
        if (now && now->is_complete && now->id == folder_id_)
            return base::Done{};
    } catch (const indexing::Failed&) {
        // There is none, or it is damaged: `sync` is the boundary for that.
    }
    return sync();
}

base::Result<maildir::FolderLock> Mailbox::lock_for_change()
{
    auto lock = folder_.lock();
    if (!lock)
        return lock;
    // It may have been removed during an upload or the wait for the lock. What is put
    // into it then goes with it: a message that is moved would be lost.
    if (store_->tree_.has_lost(folder_, name_))
        return Error{Errc::Gone, "The mailbox has been removed"};
    if (auto done = store_->ensure_index(); !done)
        return done.error();
    if (auto done = know_locked(); !done)
        return done.error();
    return lock;
}

base::Status Mailbox::know_locked()
{
    {
        const auto read = index().read();
        const auto folder = record(read);
        if (folder && folder->is_complete) {
            auto taken = take_record(read, *folder);
            if (taken)
                uid_validity_ = folder->uid_validity;
            return taken;
        }
    }
    return Sync(*this).look_everywhere_locked();
}

void Mailbox::settle()
{
    if (!settle_at_ || !store_->index_ || !store_->index_->is_current())
        return;
    try {
        Sync(*this).settle();
    } catch (const std::exception& error) {
        // Nothing is lost but that the next look has to read: no reason not to leave.
        store_->log_.warn("not-settled", {{"folder", name_}, {"error", error.what()}});
    }
}

void Mailbox::save_told_state()
{
    if (told_.generation == 0)
        return;
    try {
        const auto folder = record(index().read());
        if (!folder || !folder->is_complete)
            return; // made anew twice, without a sync: what was saved first holds
        const Changes untold = changes();
        carried_.vanished.add(untold.vanished);
        carried_.appeared.add(untold.appeared);
        carried_.recent.add(untold.recent);
        carried_.flagged.insert(carried_.flagged.end(), untold.flagged.begin(),
                                untold.flagged.end());
        std::sort(carried_.flagged.begin(), carried_.flagged.end(), by_uid);
        remembered_.clear();
        index().read().for_each(
            folder->id, 1, told_.uid_next - 1,
            [&](const indexing::MessageView& message) {
                remembered_.push_back({message.uid, {message.flags, message.keywords}});
            });
    } catch (const indexing::Damaged&) {
        // Nothing can be known of what was told: all flags are told anew.
        remembered_.clear();
    }
}

base::Status Mailbox::take_record(const indexing::Read& read,
                                  const indexing::FolderRecord& now)
{
    if (uid_validity_ != 0 && uid_validity_ != now.uid_validity)
        return Error{Errc::Gone, "The mailbox has been made anew"};
    folder_id_ = now.id;
    if (now.is_complete)
        compare_told_state(read, now);
    return base::Done{};
}

void Mailbox::compare_told_state(const indexing::Read& read,
                                 const indexing::FolderRecord& now)
{
    if (told_.generation == 0 || told_.generation == now.generation)
        return;
    const Uid known_up_to = told_.uid_next - 1;
    auto before = remembered_.begin();
    const bool knows_flags = before != remembered_.end();
    base::NumberSet present;
    read.for_each(now.id, 1, known_up_to, [&](const indexing::MessageView& message) {
        present.add(message.uid);
        while (before != remembered_.end() && before->uid < message.uid)
            ++before;
        const bool is_same = knows_flags && before != remembered_.end() &&
                             before->uid == message.uid &&
                             before->flags == Flags{message.flags, message.keywords};
        if (!is_same)
            carried_.flagged.push_back({message.uid, message.modseq});
    });
    std::sort(carried_.flagged.begin(), carried_.flagged.end(), by_uid);
    carried_.vanished.add(1, known_up_to);
    // What an index in between did not know, and nobody was told of, has not gone.
    carried_.vanished.remove(present);
    remembered_ = {};
    told_ = {now.generation, now.highest_modseq, told_.uid_next};
}

bool Mailbox::is_untold(const indexing::MessageRecord& message) const
{
    if (message.uid >= told_.uid_next)
        return false;
    return message.modseq > told_.mod_sequence ||
           std::binary_search(carried_.flagged.begin(), carried_.flagged.end(),
                              Changes::Flagged{message.uid, 0}, by_uid);
}

Changes Mailbox::changes()
{
    const auto read = index().read();
    const auto now = record(read);
    const bool is_known = now && now->is_complete && take_record(read, *now);
    Changes changes = carried_;
    changes.mod_sequence = told_.mod_sequence;
    changes.uid_next = std::max<Uid>(told_.uid_next, 1);
    if (!is_known) {
        carried_ = {};
        return changes;
    }

    const auto take_recent = [&](base::NumberSet uids) {
        changes.recent.add(uids.intersect(changes.appeared));
    };
    if (now->uid_next > told_.uid_next || told_.generation == 0) {
        base::NumberSet fresh;
        fresh.add(std::max<Uid>(told_.uid_next, 1), now->uid_next - 1);
        changes.appeared.add(fresh.intersect(read.uids(now->id)));
        if (access_ == Access::ReadOnly) { // told to all who only look, taken by none
            base::NumberSet unclaimed;
            unclaimed.add(now->first_recent, now->uid_next - 1);
            take_recent(std::move(unclaimed));
        }
    }
    take_recent(claimed_recent_);
    if (told_.generation != 0 && now->highest_modseq > told_.mod_sequence) {
        changes.vanished.add(read.vanished_since(now->id, told_.mod_sequence));
        read.changed_since(
            now->id, told_.mod_sequence, [&](const indexing::MessageView& message) {
                if (message.uid < told_.uid_next)
                    changes.flagged.push_back({message.uid, message.modseq});
            });
    }
    // What came before the index was lost, and went after, never was.
    changes.appeared.remove(changes.vanished);
    changes.recent.remove(changes.vanished);
    // Only now: had the index been damaged, nothing would have been told.
    carried_ = {};
    claimed_recent_ = {};
    told_ = {now->generation, now->highest_modseq, now->uid_next};
    changes.mod_sequence = told_.mod_sequence;
    changes.uid_next = told_.uid_next;
    return changes;
}

std::uint64_t Mailbox::highest_mod_sequence() const
{
    const auto now = record(index().read());
    return now ? now->highest_modseq : told_.mod_sequence;
}

base::NumberSet Mailbox::changed_since(std::uint64_t mod_sequence) const
{
    return index().read().changed_since(folder_id_, mod_sequence);
}

base::NumberSet Mailbox::vanished_since(std::uint64_t mod_sequence) const
{
    return index().read().vanished_since(folder_id_, mod_sequence);
}

base::Result<Facts> Mailbox::facts(Uid uid) const
{
    const auto read = index().read();
    const auto message = read.message(folder_id_, uid);
    if (!message)
        return Error{Errc::NotFound, "The message is gone"};
    return facts_of(*message);
}

void Mailbox::for_each(const base::NumberSet& uids,
                       const std::function<void(const Facts&)>& see) const
{
    const auto read = index().read();
    for (std::size_t i = 0; i < uids.range_count(); ++i) {
        const auto range = uids.range(i);
        read.for_each(
            folder_id_, range.first, range.last,
            [&](const indexing::MessageView& message) { see(facts_of(message)); });
    }
}

base::Result<Message> Mailbox::message(Uid uid)
{
    // The second try is after a sync: another program may have renamed the file.
    for (int attempt = 0; attempt < 2; ++attempt) {
        Message message;
        std::string name;
        maildir::Where where = maildir::Where::Cur;
        {
            const auto read = index().read();
            const auto found = read.message(folder_id_, uid);
            if (!found)
                break;
            message.facts = facts_of(*found);
            name = found->name;
            where = where_of(found->place);
        }
        auto fd = folder_.open_message(where, name);
        if (fd) {
            struct stat status = {};
            if (::fstat(fd->get(), &status) != 0)
                return Error::from_errno("fstat", name);
            message.fd = std::move(*fd);
            message.octets = static_cast<std::uint64_t>(status.st_size);
            return message;
        }
        if (fd.error().code != Errc::NotFound)
            return fd.error();
        if (auto synced = sync(); !synced)
            return synced.error();
    }
    return Error{Errc::NotFound, "The message is gone"};
}

std::string Mailbox::cached(Uid uid, Cached kind) const
{
    const auto read = index().read();
    return std::string(read.cached(folder_id_, uid, kind_of(kind)).value_or(""));
}

Mailbox::CachedFacts Mailbox::cached(const base::NumberSet& uids,
                                     const std::vector<Cached>& kinds,
                                     std::size_t max_octets) const
{
    CachedFacts cached;
    std::size_t octets = 0;
    const auto read = index().read();
    for (const Uid uid : uids) {
        for (const Cached kind : kinds) {
            const auto bytes = read.cached(folder_id_, uid, kind_of(kind));
            if (!bytes)
                continue;
            cached.facts.push_back({uid, kind, std::string(*bytes)});
            octets += bytes->size();
        }
        cached.up_to = uid;
        if (octets >= max_octets)
            break;
    }
    return cached;
}

void Mailbox::remember(const std::vector<Fact>& facts)
{
    if (facts.empty())
        return;
    const auto done = index().write([&](indexing::Write& write) {
        for (const Fact& fact : facts)
            write.put_cached(folder_id_, fact.uid, kind_of(fact.kind), fact.bytes);
    });
    if (!done)
        store_->log_.warn("index-write", {{"error", done.error().text}});
}

void Mailbox::remember_wire_octets(const std::vector<WireOctets>& counted)
{
    if (counted.empty())
        return;
    static_cast<void>(index().write([&](indexing::Write& write) {
        for (const auto& [uid, wire_octets] : counted)
            write.put_wire_octets(folder_id_, uid, wire_octets);
    }));
}

} // namespace mailbox
