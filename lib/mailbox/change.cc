// SPDX-License-Identifier: ISC
/// \file
/// STORE and EXPUNGE on disk: renames and unlinks under the folder's lock, then one
/// transaction in the index.
#include <algorithm>
#include <limits>

#include "mailbox/mailbox.h"
#include "mailbox/places.h"
#include "mailbox/store.h"
#include "mailbox/sync.h"
#include "maildir/name.h"

namespace mailbox {

using base::Errc;
using base::Error;
using maildir::Where;

namespace {

Flags apply(const FlagChange& change, std::uint32_t keywords, const Flags& before,
            std::uint32_t named)
{
    switch (change.mode) {
    case FlagChange::Mode::Add:
        return {static_cast<std::uint8_t>(before.system | change.system),
                before.keywords | keywords};
    case FlagChange::Mode::Remove:
        return {static_cast<std::uint8_t>(before.system & ~change.system),
                before.keywords & ~keywords};
    case FlagChange::Mode::Replace:
        break;
    }
    // P has no name in IMAP: no client can mean to take it away.
    return {
        static_cast<std::uint8_t>(change.system | (before.system & maildir::passed)),
        keywords | (before.keywords & ~named)};
}

/// Whether UNCHANGEDSINCE keeps us from changing this message. RFC 7162 §3.1.3: 0 asks
/// whether the flags exist, and system flags always do.
bool has_changed_since(std::uint64_t since, const indexing::MessageRecord& record,
                       const FlagChange& change, std::uint32_t keywords)
{
    if (since > 0)
        return record.modseq > since;
    return change.mode == FlagChange::Mode::Replace || change.system != 0 ||
           (record.keywords & keywords) != 0;
}

/// The records of those of `uids` that are there; the rest goes into `gone`.
std::vector<indexing::MessageRecord> records_of(const indexing::Read& read,
                                                std::uint32_t folder,
                                                const base::NumberSet& uids,
                                                base::NumberSet& gone)
{
    std::vector<indexing::MessageRecord> records;
    gone = uids;
    for (std::size_t i = 0; i < uids.range_count(); ++i) {
        const auto range = uids.range(i);
        read.for_each(folder, range.first, range.last,
                      [&](const indexing::MessageView& message) {
                          records.emplace_back(message);
                      });
    }
    for (const auto& record : records)
        gone.remove(record.uid);
    return records;
}

/// Forgets all but what was touched, and gives the others of `uids`. A look may have
/// found other programs' changes of just those that needed none of ours, or that had
/// not changed since: what was said of them before is not true any more.
base::NumberSet decide_anew(Mailbox::Flagged& flagged, const base::NumberSet& uids)
{
    Mailbox::Flagged kept;
    kept.untold = flagged.untold.intersect(flagged.touched);
    kept.changed = flagged.touched;
    kept.touched = std::move(flagged.touched);
    flagged = std::move(kept);
    base::NumberSet others = uids;
    others.remove(flagged.touched);
    return others;
}

/// The letters that messages of the folder have, with or without a name.
maildir::KeywordBits letters_in_use(const indexing::Read& read, std::uint32_t folder)
{
    maildir::KeywordBits letters = 0;
    read.for_each(
        folder, 1, std::numeric_limits<std::uint32_t>::max(),
        [&](const indexing::MessageView& message) { letters |= message.keywords; });
    return letters;
}

/// The bits of those of `names` that have a letter. To take away what no message has is
/// no reason to give it one of 26.
base::Result<std::uint32_t> known_bits(int folder_fd,
                                       const std::vector<std::string>& names)
{
    const auto table = maildir::Keywords::load(folder_fd);
    if (!table)
        return table.error();
    std::uint32_t bits = 0;
    for (const std::string& name : names) {
        if (const auto index = table->index_of(name))
            bits |= std::uint32_t{1} << *index;
    }
    return bits;
}

} // namespace

const std::vector<std::string>& Mailbox::keywords()
{
    const auto stamp =
        maildir::FileStamp::of(folder_.fd(), maildir::Keywords::file_name);
    const auto now = stamp ? *stamp : maildir::FileStamp{};
    if (keyword_names_.empty() || now != keywords_stamp_) {
        const auto loaded = maildir::Keywords::load(folder_.fd());
        if (loaded || keyword_names_.empty())
            keyword_names_.assign(maildir::max_keywords, {});
        if (loaded) {
            for (unsigned i = 0; i < maildir::max_keywords; ++i)
                keyword_names_[i] = loaded->name_of(i);
        }
        keywords_stamp_ = now;
    }
    return keyword_names_;
}

bool Mailbox::has_room_for_keywords()
{
    const auto& names = keywords();
    return std::find(names.begin(), names.end(), std::string()) != names.end();
}

base::Result<std::uint32_t> Mailbox::keyword_bits(const std::vector<std::string>& names)
{
    if (names.empty())
        return 0u;
    auto table = maildir::Keywords::load(folder_.fd());
    if (!table)
        return table.error();
    std::uint32_t bits = 0;
    const std::size_t before = table->size();
    const bool has_new = std::any_of(names.begin(), names.end(), [&](const auto& name) {
        return !table->index_of(name);
    });
    const auto in_use = has_new ? letters_in_use(index().read(), folder_id_) : 0;
    for (const std::string& name : names) {
        const auto index = table->add(name, in_use);
        if (!index)
            return index.error();
        bits |= std::uint32_t{1} << *index;
    }
    if (table->size() != before) { // first the name, then files that use its letter
        if (auto saved = table->save(folder_.fd()); !saved)
            return saved.error();
    }
    return bits;
}

base::Result<Mailbox::Flagged>
Mailbox::change_flags(const base::NumberSet& uids, const FlagChange& change,
                      std::optional<std::uint64_t> unchanged_since)
{
    if (access_ == Access::ReadOnly)
        return Error{Errc::ReadOnly, "The mailbox is open for reading only"};
    auto lock = lock_for_change();
    if (!lock)
        return lock.error();
    const auto keywords = change.mode == FlagChange::Mode::Remove
                              ? known_bits(folder_.fd(), change.keywords)
                              : keyword_bits(change.keywords);
    if (!keywords)
        return keywords.error();
    // Letters that nobody has named are not ours to take away.
    std::uint32_t named = 0;
    for (std::size_t bit = 0; bit < this->keywords().size(); ++bit)
        named |= keyword_names_[bit].empty() ? 0 : std::uint32_t{1} << bit;

    Flagged flagged;
    std::vector<indexing::MessageRecord> renamed;
    base::NumberSet todo = uids;
    for (int attempt = 0; attempt < 2 && !todo.empty(); ++attempt) {
        if (attempt > 0) { // another program has renamed or removed some of them
            if (auto done = Sync(*this).look_everywhere_locked(); !done)
                return done.error();
            todo = decide_anew(flagged, uids);
        }
        base::NumberSet gone;
        auto records = records_of(index().read(), folder_id_, todo, gone);
        flagged.gone.add(gone);
        todo.clear();
        for (auto& record : records) {
            if (unchanged_since &&
                has_changed_since(*unchanged_since, record, change, *keywords)) {
                flagged.newer.add(record.uid);
                continue;
            }
            if (is_untold(record))
                flagged.untold.add(record.uid);
            const Flags before = {record.flags, record.keywords};
            const Flags after = apply(change, *keywords, before, named);
            if (after == before) {
                flagged.changed.add(record.uid);
                continue;
            }
            const auto name = maildir::Name::parse(record.name)
                                  .with(after.system, after.keywords)
                                  .to_text();
            const auto done =
                folder_.rename(where_of(record.place), record.name, Where::Cur, name);
            if (!done && done.error().code == Errc::NotFound) {
                todo.add(record.uid);
                continue;
            }
            if (!done)
                return done.error();
            record.name = name;
            record.place = indexing::Place::Cur;
            record.flags = after.system;
            record.keywords = after.keywords;
            flagged.changed.add(record.uid);
            flagged.touched.add(record.uid);
            renamed.push_back(std::move(record));
        }
    }
    flagged.gone.add(todo);

    const auto done = index().write([&](indexing::Write& write) -> base::Status {
        if (const auto folder = write.folder(folder_id_))
            flagged.mod_sequence = folder->highest_modseq;
        if (renamed.empty())
            return base::Done{};
        flagged.mod_sequence = write.next_modseq(folder_id_);
        std::vector<indexing::FlagChange> changes;
        changes.reserve(renamed.size());
        for (const auto& record : renamed)
            changes.push_back({record.uid, record.flags, record.keywords,
                               flagged.mod_sequence, record.place, record.name});
        return write.set_flags(folder_id_, changes);
    });
    if (!done)
        return done.error();
    return flagged;
}

base::Result<base::NumberSet> Mailbox::expunge(const base::NumberSet& uids)
{
    if (access_ == Access::ReadOnly)
        return Error{Errc::ReadOnly, "The mailbox is open for reading only"};
    auto lock = lock_for_change();
    if (!lock)
        return lock.error();

    const auto todo = index().read().deleted(folder_id_).intersect(uids);
    auto removal = remove_locked(todo, maildir::trashed);
    if (!removal.failed)
        return removal.failed.error();
    return std::move(removal.removed);
}

Mailbox::Removal Mailbox::remove_locked(base::NumberSet todo, std::uint8_t with)
{
    Removal removal;
    auto& removed = removal.removed;
    auto& failed = removal.failed;
    maildir::QuotaUsage freed;
    for (int attempt = 0; attempt < 2 && !todo.empty(); ++attempt) {
        if (attempt > 0) {
            if (auto done = Sync(*this).look_everywhere_locked(); !done) {
                failed = done;
                break;
            }
        }
        base::NumberSet gone;
        const auto records = records_of(index().read(), folder_id_, todo, gone);
        todo.clear();
        for (const auto& record : records) {
            if ((record.flags & with) != with)
                continue; // another program has taken \Deleted away meanwhile
            const auto done = folder_.remove(where_of(record.place), record.name);
            if (done) {
                removed.add(record.uid);
                freed.octets -= static_cast<std::int64_t>(record.octets);
                freed.messages -= 1;
            } else if (done.error().code == Errc::NotFound)
                todo.add(record.uid);
            else
                failed = done.error();
            if (!done && done.error().code != Errc::NotFound)
                removal.left.add(record.uid);
        }
    }
    if (!removed.empty()) {
        store_->quota_of_all().add(freed);
        const auto done = index().write([&](indexing::Write& write) -> base::Status {
            return write.expunge(folder_id_, removed, write.next_modseq(folder_id_));
        });
        if (!done)
            failed = done;
    }
    return removal;
}

} // namespace mailbox
