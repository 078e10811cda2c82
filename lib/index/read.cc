// SPDX-License-Identifier: ISC
#include "index/read.h"

#include <algorithm>

#include "index/environment.h"
#include "index/keys.h"
#include "index/ranges.h"

namespace indexing {

namespace {

constexpr std::size_t message_key_octets = 8;
constexpr std::size_t change_key_octets = 16;

NamedFolder unpacked_folder(Environment& environment, std::string_view packed)
{
    NamedFolder folder;
    if (!unpack(packed, folder))
        environment.condemn("a folder's record is garbled");
    return folder;
}

MessageView unpacked_message(Environment& environment, std::uint32_t uid,
                             std::string_view packed)
{
    MessageView message;
    if (!unpack(packed, message))
        environment.condemn("a message's record is garbled");
    message.uid = uid;
    return message;
}

base::NumberSet as_set(std::vector<std::uint32_t>& numbers)
{
    std::sort(numbers.begin(), numbers.end());
    base::NumberSet set;
    for (const std::uint32_t number : numbers)
        set.add(number);
    return set;
}

} // namespace

Read::~Read()
{
    if (environment_ != nullptr)
        environment_->end_read();
}

std::optional<FolderRecord> Read::folder(std::uint32_t id) const
{
    const auto packed = get(environment(), txn(), Table::Folders, Key(id).view());
    if (!packed)
        return std::nullopt;
    return unpacked_folder(environment(), *packed).record;
}

std::optional<FolderRecord> Read::folder(std::string_view name) const
{
    if (name.empty() || name.size() > Write::max_folder)
        return std::nullopt;
    const auto id = get(environment(), txn(), Table::FolderNames, name);
    if (!id)
        return std::nullopt;
    return folder(number_in<std::uint32_t>(environment(), *id));
}

std::vector<NamedFolder> Read::folders() const
{
    std::vector<NamedFolder> list;
    Cursor at(environment(), txn(), Table::FolderNames);
    for (bool found = at.seek({"\0", 1}); found; found = at.next()) {
        const auto id = number_in<std::uint32_t>(environment(), at.value());
        const auto packed = get(environment(), txn(), Table::Folders, Key(id).view());
        if (!packed)
            environment().condemn("a folder's name has no record");
        list.push_back(unpacked_folder(environment(), *packed));
    }
    return list;
}

std::optional<MessageView> Read::message(std::uint32_t folder_id,
                                         std::uint32_t uid) const
{
    const auto packed =
        get(environment(), txn(), Table::Messages, Key(folder_id).add(uid).view());
    if (!packed)
        return std::nullopt;
    return unpacked_message(environment(), uid, *packed);
}

std::optional<std::uint32_t> Read::uid_of(std::uint32_t folder_id,
                                          std::string_view base_name) const
{
    const auto value =
        get(environment(), txn(), Table::Names, Key(folder_id).add(base_name).view());
    if (!value)
        return std::nullopt;
    const auto uid = number_in<std::uint32_t>(environment(), *value);
    const auto found = message(folder_id, uid); // a hash is not yet the name
    if (!found || found->base_name() != base_name)
        return std::nullopt;
    return uid;
}

void Read::walk(std::uint32_t folder_id, std::uint32_t first, std::uint32_t last,
                Visit visit, void* visitor) const
{
    const Key prefix(folder_id);
    Cursor at(environment(), txn(), Table::Messages);
    for (bool found = at.seek(Key(folder_id).add(first).view()); found;
         found = at.next()) {
        if (!at.is_under(prefix.view(), message_key_octets))
            return;
        const std::uint32_t uid = number_at(at.key(), 4);
        if (uid > last ||
            !visit(visitor, unpacked_message(environment(), uid, at.value())))
            return;
    }
}

base::NumberSet Read::uids(std::uint32_t folder_id) const
{
    return Ranges(environment(), txn(), folder_id, Which::Present).all();
}

base::NumberSet Read::unseen(std::uint32_t folder_id) const
{
    return Ranges(environment(), txn(), folder_id, Which::Unseen).all();
}

base::NumberSet Read::deleted(std::uint32_t folder_id) const
{
    return Ranges(environment(), txn(), folder_id, Which::Deleted).all();
}

base::NumberSet Read::in_new(std::uint32_t folder_id) const
{
    return Ranges(environment(), txn(), folder_id, Which::InNew).all();
}

std::optional<std::uint32_t> Read::first_unseen(std::uint32_t folder_id) const
{
    return Ranges(environment(), txn(), folder_id, Which::Unseen).first();
}

std::uint32_t Read::recent_first(std::uint32_t folder_id) const
{
    const auto record = folder(folder_id);
    return record ? record->first_recent : 0;
}

base::NumberSet Read::changed_since(std::uint32_t folder_id, std::uint64_t modseq) const
{
    std::vector<std::uint32_t> uids;
    if (modseq == ~std::uint64_t{0})
        return {};
    const Key prefix(folder_id);
    Cursor at(environment(), txn(), Table::Changes);
    for (bool found = at.seek(Key(folder_id).add(modseq + 1).view());
         found && at.is_under(prefix.view(), change_key_octets); found = at.next())
        uids.push_back(number_at(at.key(), 12));
    return as_set(uids);
}

void Read::walk_changes(std::uint32_t folder_id, std::uint64_t modseq, Visit visit,
                        void* visitor) const
{
    if (modseq == ~std::uint64_t{0})
        return;
    const Key prefix(folder_id);
    Cursor at(environment(), txn(), Table::Changes);
    for (bool found = at.seek(Key(folder_id).add(modseq + 1).view());
         found && at.is_under(prefix.view(), change_key_octets); found = at.next()) {
        const auto changed = message(folder_id, number_at(at.key(), 12));
        if (!changed)
            environment().condemn("a change has no message");
        if (!visit(visitor, *changed))
            return;
    }
}

base::NumberSet Read::vanished_since(std::uint32_t folder_id,
                                     std::uint64_t modseq) const
{
    const auto record = folder(folder_id);
    base::NumberSet gone;
    if (!record)
        return gone;
    if (modseq < record->vanished_floor) {
        if (record->uid_next > 1)
            gone.add(1, record->uid_next - 1);
        gone.remove(uids(folder_id));
        return gone;
    }
    std::vector<base::NumberSet::Range> ranges;
    const Key prefix(folder_id);
    Cursor at(environment(), txn(), Table::Vanished);
    for (bool found = at.seek(Key(folder_id).add(modseq + 1).view());
         found && at.is_under(prefix.view(), change_key_octets); found = at.next())
        ranges.push_back({number_at(at.key(), 12),
                          number_in<std::uint32_t>(environment(), at.value())});
    std::sort(ranges.begin(), ranges.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& range : ranges)
        gone.add(range.first, range.last);
    return gone;
}

std::optional<std::string_view> Read::cached(std::uint32_t folder_id, std::uint32_t uid,
                                             Kind kind) const
{
    return get(environment(), txn(), Table::Cached,
               Key(folder_id).add(uid).add(static_cast<std::uint8_t>(kind)).view());
}

} // namespace indexing
