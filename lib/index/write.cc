// SPDX-License-Identifier: ISC
#include "index/write.h"

#include <algorithm>
#include <string>
#include <vector>

#include "index/environment.h"
#include "index/keys.h"
#include "index/ranges.h"

namespace indexing {

namespace {

// Keys of the table Meta.
constexpr std::string_view last_stamp = "stamp"; // the largest MODSEQ or generation
constexpr std::string_view last_id = "folder-id";

base::Error no_folder(std::string_view name)
{
    return {base::Errc::NotFound, "No folder " + std::string(name) + " in the index"};
}

base::Error no_folder(std::uint32_t id)
{
    return no_folder(std::to_string(id));
}

Key message_key(std::uint32_t folder_id, std::uint32_t uid)
{
    return Key(folder_id).add(uid);
}

Key change_key(std::uint32_t folder_id, const MessageView& message)
{
    return Key(folder_id).add(message.modseq).add(message.uid);
}

/// Puts entries into a table by ascending keys: behind the last one LMDB can fill
/// its pages to the end and need not search.
class Appender {
public:
    Appender(Environment& environment, MDB_txn* txn, Table table)
        : at_(environment, txn, table)
    {
        if (at_.last())
            last_ = at_.key();
    }
    void put(std::string_view key, std::string_view value)
    {
        const bool is_behind = key > last_;
        at_.put(key, value, is_behind ? MDB_APPEND : 0U);
        if (is_behind)
            last_ = key;
    }

private:
    Cursor at_;
    std::string last_;
};

/// What a batch of messages does to the sets of UIDs. Later words on a UID count.
struct SetChanges {
    base::NumberSet added;
    base::NumberSet removed;
    void add(std::uint32_t uid)
    {
        added.add(uid);
        removed.remove(uid);
    }
    void remove(std::uint32_t uid)
    {
        removed.add(uid);
        added.remove(uid);
    }
};

void count(FolderRecord& folder, const MessageView& message, bool is_there)
{
    const std::uint32_t one = is_there ? 1U : ~0U;
    folder.messages += one;
    if ((message.flags & flag::seen) == 0)
        folder.unseen += one;
    if ((message.flags & flag::deleted) != 0)
        folder.deleted += one;
    folder.octets += is_there ? message.octets : 0 - message.octets;
}

bool can_be_folder(std::string_view name)
{
    return !name.empty() && name.size() <= Write::max_folder;
}

} // namespace

/// A batch of messages on its way into one folder.
class Write::Batch {
public:
    Batch(Write& write, FolderRecord& folder)
        : write_(write), folder_(folder),
          messages_(write.environment(), write.txn(), Table::Messages),
          changes_(write.environment(), write.txn(), Table::Changes),
          names_(write.environment(), write.txn(), Table::Names),
          last_present_(
              Ranges(write.environment(), write.txn(), folder.id, Which::Present)
                  .last()
                  .value_or(0))
    {
    }

    void put(const MessageView& message)
    {
        if (message.uid <= last_present_ || present_.contains(message.uid))
            replace(message);
        names_.put(Key(folder_.id).add(message.base_name()).view(),
                   as_value(message.uid));
        changes_.put(change_key(folder_.id, message).view(), {});
        messages_.put(message_key(folder_.id, message.uid).view(), pack(message));
        count(folder_, message, true);
        folder_.highest_modseq = std::max(folder_.highest_modseq, message.modseq);
        if (message.uid != ~0U)
            folder_.uid_next = std::max(folder_.uid_next, message.uid + 1);
        present_.add(message.uid);
        (message.flags & flag::seen) == 0 ? unseen_.add(message.uid)
                                          : unseen_.remove(message.uid);
        (message.flags & flag::deleted) != 0 ? deleted_.add(message.uid)
                                             : deleted_.remove(message.uid);
        message.place == Place::New ? in_new_.add(message.uid)
                                    : in_new_.remove(message.uid);
    }

    void finish()
    {
        Ranges(write_.environment(), write_.txn(), folder_.id, Which::Present)
            .add(present_);
        change(Which::Unseen, unseen_);
        change(Which::Deleted, deleted_);
        change(Which::InNew, in_new_);
        write_.store(folder_);
    }

private:
    void change(Which which, const SetChanges& changes)
    {
        Ranges set(write_.environment(), write_.txn(), folder_.id, which);
        set.remove(changes.removed);
        set.add(changes.added);
    }

    /// Takes out what of an earlier record the new one does not write over.
    void replace(const MessageView& message)
    {
        const auto old = write_.message(folder_.id, message.uid);
        if (!old)
            return;
        count(folder_, *old, false);
        const MessageRecord before(*old); // the view ends with the first change
        if (before.view().base_name() != message.base_name())
            write_.forget_name(folder_.id, before.view());
        if (before.modseq != message.modseq)
            erase(write_.environment(), write_.txn(), Table::Changes,
                  change_key(folder_.id, before.view()).view());
    }

    Write& write_;
    FolderRecord& folder_;
    Appender messages_;
    Appender changes_;
    Cursor names_;
    std::uint32_t last_present_;
    base::NumberSet present_;
    SetChanges unseen_;
    SetChanges deleted_;
    SetChanges in_new_;
};

Write::~Write()
{
    detach();
}

void Write::store(const FolderRecord& record)
{
    const auto packed =
        get(environment(), txn(), Table::Folders, Key(record.id).view());
    NamedFolder before;
    if (!packed || !unpack(*packed, before))
        environment().condemn("a folder's record is garbled");
    indexing::put(environment(), txn(), Table::Folders, Key(record.id).view(),
                  pack(record, before.name));
}

/// The clock in microseconds, but above any that was given before.
std::uint64_t Write::next_stamp()
{
    std::uint64_t stamp = static_cast<std::uint64_t>(
        std::max<std::int64_t>(environment().clock().wall_us(), 1));
    if (const auto last = get(environment(), txn(), Table::Meta, last_stamp))
        stamp = std::max(stamp, number_in<std::uint64_t>(environment(), *last) + 1);
    indexing::put(environment(), txn(), Table::Meta, last_stamp, as_value(stamp));
    return stamp;
}

base::Result<FolderRecord>
Write::create_folder(std::string_view name, std::uint32_t uid_validity,
                     std::uint32_t uid_next, const std::array<std::uint8_t, 16>& guid)
{
    if (!can_be_folder(name))
        return base::Error{base::Errc::Cannot, "Not a folder's name"};
    if (folder(name))
        return base::Error{base::Errc::Exists,
                           "Folder " + std::string(name) + " is in the index"};
    FolderRecord record;
    record.id = 1;
    if (const auto last = get(environment(), txn(), Table::Meta, last_id))
        record.id = number_in<std::uint32_t>(environment(), *last) + 1;
    indexing::put(environment(), txn(), Table::Meta, last_id, as_value(record.id));
    record.generation = next_stamp();
    record.uid_validity = uid_validity;
    record.uid_next = std::max<std::uint32_t>(uid_next, 1);
    record.guid = guid;
    record.highest_modseq = record.generation;
    record.vanished_floor = record.generation;
    indexing::put(environment(), txn(), Table::FolderNames, name, as_value(record.id));
    indexing::put(environment(), txn(), Table::Folders, Key(record.id).view(),
                  pack(record, name));
    return record;
}

base::Status Write::put_folder(const FolderRecord& record)
{
    const auto before = folder(record.id);
    if (!before)
        return no_folder(record.id);
    FolderRecord after = record;
    after.generation = before->generation;
    after.uid_next = std::max(before->uid_next, record.uid_next);
    after.first_recent = std::max(before->first_recent, record.first_recent);
    after.highest_modseq = std::max(before->highest_modseq, record.highest_modseq);
    after.vanished_floor = before->vanished_floor;
    after.vanished_ranges = before->vanished_ranges;
    after.messages = before->messages;
    after.unseen = before->unseen;
    after.deleted = before->deleted;
    after.octets = before->octets;
    store(after);
    return base::Done{};
}

void Write::clear(Table table, std::string_view prefix)
{
    Cursor at(environment(), txn(), table);
    for (bool found = at.seek(prefix); found && at.key().starts_with(prefix);
         found = at.next())
        at.erase();
}

base::Status Write::drop_folder(std::string_view name)
{
    const auto record = folder(name);
    if (!record)
        return no_folder(name);
    const Key prefix(record->id);
    for (const Table table : {Table::Messages, Table::Names, Table::Changes,
                              Table::Vanished, Table::Sets, Table::Cached})
        clear(table, prefix.view());
    erase(environment(), txn(), Table::Folders, prefix.view());
    erase(environment(), txn(), Table::FolderNames, name);
    // A folder made again starts above what this one has given.
    const auto last = get(environment(), txn(), Table::Meta, last_stamp);
    if (!last ||
        number_in<std::uint64_t>(environment(), *last) < record->highest_modseq)
        indexing::put(environment(), txn(), Table::Meta, last_stamp,
                      as_value(record->highest_modseq));
    return base::Done{};
}

base::Status Write::rename_folder(std::string_view from, std::string_view to)
{
    const auto record = folder(from);
    if (!record)
        return no_folder(from);
    if (!can_be_folder(to))
        return base::Error{base::Errc::Cannot, "Not a folder's name"};
    if (folder(to))
        return base::Error{base::Errc::Exists,
                           "Folder " + std::string(to) + " is in the index"};
    erase(environment(), txn(), Table::FolderNames, from);
    indexing::put(environment(), txn(), Table::FolderNames, to, as_value(record->id));
    indexing::put(environment(), txn(), Table::Folders, Key(record->id).view(),
                  pack(*record, to));
    return base::Done{};
}

base::Status Write::put_messages(std::uint32_t folder_id,
                                 std::span<const MessageRecord> messages)
{
    auto record = folder(folder_id);
    if (!record)
        return no_folder(folder_id);
    for (const MessageRecord& message : messages) {
        if (message.name.size() > max_name || message.uid == 0)
            return base::Error{base::Errc::Limit, "A message's name is too long"};
    }
    Batch batch(*this, *record);
    for (const MessageRecord& message : messages)
        batch.put(message.view());
    batch.finish();
    return base::Done{};
}

base::Status Write::set_flags(std::uint32_t folder_id, const FlagChange& change)
{
    if (!message(folder_id, change.uid))
        return base::Error{base::Errc::NotFound, "No message with that UID"};
    return set_flags(folder_id, std::span(&change, 1));
}

base::Status Write::set_flags(std::uint32_t folder_id,
                              std::span<const FlagChange> changes)
{
    std::vector<MessageRecord> records;
    records.reserve(changes.size());
    for (const FlagChange& change : changes) {
        const auto before = message(folder_id, change.uid);
        if (!before)
            continue;
        MessageRecord& after = records.emplace_back(*before);
        after.flags = change.flags;
        after.keywords = change.keywords;
        after.modseq = change.modseq;
        after.place = change.place;
        if (!change.name.empty())
            after.name = change.name;
    }
    return put_messages(folder_id, records);
}

/// Takes a base name out, if it still leads to this message.
void Write::forget_name(std::uint32_t folder_id, const MessageView& message)
{
    const Key key = Key(folder_id).add(message.base_name());
    const auto uid = get(environment(), txn(), Table::Names, key.view());
    if (uid && number_in<std::uint32_t>(environment(), *uid) == message.uid)
        erase(environment(), txn(), Table::Names, key.view());
}

base::Status Write::expunge(std::uint32_t folder_id, const base::NumberSet& uids,
                            std::uint64_t modseq)
{
    auto record = folder(folder_id);
    if (!record)
        return no_folder(folder_id);
    const base::NumberSet gone =
        uids.intersect(Ranges(environment(), txn(), folder_id, Which::Present).all());
    if (gone.empty())
        return base::Done{};
    for (const std::uint32_t uid : gone) {
        const auto found = message(folder_id, uid);
        if (!found)
            environment().condemn("a UID has no message");
        const MessageRecord message(*found);
        count(*record, message.view(), false);
        forget_name(folder_id, message.view());
        erase(environment(), txn(), Table::Changes,
              change_key(folder_id, message.view()).view());
        const Key key = message_key(folder_id, uid);
        erase(environment(), txn(), Table::Messages, key.view());
        clear(Table::Cached, key.view());
    }
    for (const Which which :
         {Which::Present, Which::Unseen, Which::Deleted, Which::InNew})
        Ranges(environment(), txn(), folder_id, which).remove(gone);
    record->highest_modseq = std::max(record->highest_modseq, modseq);
    note_vanished(*record, gone, modseq);
    store(*record);
    return base::Done{};
}

void Write::note_vanished(FolderRecord& folder, const base::NumberSet& uids,
                          std::uint64_t modseq)
{
    Cursor at(environment(), txn(), Table::Vanished);
    for (std::size_t i = 0; i < uids.range_count(); ++i) {
        const auto [first, last] = uids.range(i);
        at.put(Key(folder.id).add(modseq).add(first).view(), as_value(last));
        ++folder.vanished_ranges;
    }
    if (folder.vanished_ranges <= max_vanished)
        return;
    const Key prefix(folder.id);
    for (bool found = at.seek(prefix.view());
         found && at.key().starts_with(prefix.view()); found = at.next()) {
        const std::uint64_t noted = long_number_at(at.key(), 4);
        // What vanished at one moment is remembered whole, or not at all.
        if (folder.vanished_ranges <= max_vanished / 2 && noted > folder.vanished_floor)
            return;
        folder.vanished_floor = std::max(folder.vanished_floor, noted);
        at.erase();
        --folder.vanished_ranges;
    }
}

std::uint64_t Write::next_modseq(std::uint32_t folder_id)
{
    auto record = folder(folder_id);
    if (!record)
        return 0;
    ++record->highest_modseq;
    store(*record);
    return record->highest_modseq;
}

std::uint32_t Write::claim_recent(std::uint32_t folder_id)
{
    auto record = folder(folder_id);
    if (!record)
        return 0;
    const std::uint32_t first = record->first_recent;
    if (record->uid_next <= first)
        return first;
    record->first_recent = record->uid_next;
    store(*record);
    return first;
}

bool Write::put_wire_octets(std::uint32_t folder_id, std::uint32_t uid,
                            std::uint64_t wire_octets)
{
    const auto found = message(folder_id, uid);
    if (!found)
        return false;
    if (found->wire_octets == wire_octets)
        return true;
    MessageRecord record(*found); // the view ends with the change
    record.wire_octets = wire_octets;
    indexing::put(environment(), txn(), Table::Messages,
                  message_key(folder_id, uid).view(), pack(record.view()));
    return true;
}

bool Write::put_cached(std::uint32_t folder_id, std::uint32_t uid, Kind kind,
                       std::string_view bytes)
{
    if (!message(folder_id, uid))
        return false;
    indexing::put(environment(), txn(), Table::Cached,
                  Key(folder_id).add(uid).add(static_cast<std::uint8_t>(kind)).view(),
                  bytes);
    return true;
}

} // namespace indexing
