// SPDX-License-Identifier: ISC
/// \file
/// A sync's dealings with dovecot-uidlist: what of it is believed, how a folder gets
/// its first one, and when it is written anew.
#include "mailbox/sync.h"

#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "io/file.h"
#include "mailbox/places.h"
#include "mailbox/store.h"
#include "maildir/uid_validity.h"

namespace mailbox {

using base::Errc;
using base::Error;
using maildir::UidList;

namespace {

/// What a list that is none is renamed to.
constexpr const char* set_aside_name = "dovecot-uidlist.damaged";

bool ends_torn(int folder_fd)
{
    const auto file = io::open_at(folder_fd, UidList::file_name, O_RDONLY);
    if (!file)
        return false;
    const auto stamp = maildir::FileStamp::of(file->get());
    char last = '\n';
    return stamp && stamp->size > 0 &&
           io::read_at(file->get(), {&last, 1}, stamp->size - 1) && last != '\n';
}

} // namespace

base::Result<UidList> Sync::load_uidlist(const indexing::FolderRecord* record)
{
    const int fd = mailbox_.folder_.fd();
    auto list = UidList::load(fd);
    if (list && ends_torn(fd)) // a crash; an append without the list cannot cut it off
        static_cast<void>(list->rewrite(fd));
    if (list && list->was_damaged()) { // heal it, or it is found damaged every time
        mailbox_.store_->log_.warn("uidlist-damaged", {{"folder", mailbox_.name_}});
        static_cast<void>(list->rewrite(fd));
    }
    if (!list && list.error().code == Errc::NotFound)
        list = UidList::import_courier(fd);
    if (list) {
        if (record && record->is_complete)
            list->raise_uid_next(record->uid_next); // UIDNEXT never goes back (R16)
        return list;
    }
    if (list.error().code != Errc::NotFound && list.error().code != Errc::Corrupt)
        return list.error();
    if (record && record->is_complete)
        return uidlist_from_index(*record);
    if (list.error().code == Errc::Corrupt) {
        // Nobody knows its UIDs any more. Somebody may want to see what it was.
        mailbox_.store_->log_.error("uidlist-corrupt", {{"folder", mailbox_.name_},
                                                        {"error", list.error().text}});
        if (::renameat(fd, UidList::file_name, fd, set_aside_name) != 0)
            return Error::from_errno("rename", UidList::file_name);
    }
    maildir::Guid guid;
    mailbox_.store_->random_->fill(std::as_writable_bytes(std::span(guid)));
    const auto uid_validity = maildir::next_uid_validity(
        mailbox_.store_->tree_.fd(),
        static_cast<std::uint32_t>(mailbox_.store_->clock_->wall_us() / 1'000'000));
    if (!uid_validity)
        return uid_validity.error();
    return UidList(*uid_validity, guid);
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

/// Where another program has renamed the folder, its record is under a name that no
/// folder has. Left there, it would be taken for the present state once the folder is
/// renamed back. Where another session has renamed it since we opened it, it is under
/// the name that the folder has by now.
std::optional<indexing::FolderRecord> Sync::adopt_record()
{
    if (!list_->guid())
        return std::nullopt;
    std::string old_name;
    {
        const auto read = mailbox_.index().read();
        for (const auto& [name, record] : read.folders()) {
            if (record.guid != *list_->guid() || !record.is_complete ||
                record.uid_validity != list_->uid_validity() ||
                name == mailbox_.index_name() || contradicts_index(record))
                continue;
            if (!mailbox_.store_->exists(name.substr(1))) {
                old_name = name;
                continue;
            }
            const auto stale_name = std::exchange(mailbox_.name_, name.substr(1));
            if (!mailbox_.name_.empty() && mailbox_.is_in_its_place()) {
                list_->raise_uid_next(record.uid_next);
                return record;
            }
            mailbox_.name_ = stale_name;
        }
    }
    if (old_name.empty())
        return std::nullopt;
    const auto renamed = mailbox_.index().write([&](indexing::Write& write) {
        static_cast<void>(write.drop_folder(mailbox_.index_name()));
        return write.rename_folder(old_name, mailbox_.index_name());
    });
    if (!renamed)
        return std::nullopt;
    const auto record = mailbox_.record(mailbox_.index().read());
    if (record)
        list_->raise_uid_next(record->uid_next);
    return record;
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
    // Two fsyncs, for nothing where only the index was lost.
    if (!list_->is_saved()) {
        if (auto done = list_->rewrite(fd); !done)
            return done;
    }
    is_new_record_ = true;
    const auto made = mailbox_.index().write([&](indexing::Write& write) {
        const std::string name = mailbox_.index_name();
        if (write.folder(name))
            static_cast<void>(write.drop_folder(name));
        return write.create_folder(name, list_->uid_validity(), 1, *list_->guid());
    });
    if (!made)
        return made.error();
    mailbox_.folder_id_ = made->id; // whatever its name is when we look it up
    return base::Done{};
}

base::Status Sync::take_over_courier_keywords()
{
    const int fd = mailbox_.folder_.fd();
    auto courier = maildir::import_courier_keywords(fd);
    if (!courier)
        return base::Done{}; // none, or not to be read: they are no reason to fail
    // The folder may have letters of its own by now: theirs are mapped to ours.
    auto table = maildir::Keywords::load(fd);
    if (!table)
        return table.error();
    std::array<maildir::KeywordBits, maildir::max_keywords> ours = {};
    for (unsigned i = 0; i < maildir::max_keywords; ++i) {
        if (const auto index = table->add(courier->keywords.name_of(i)))
            ours[i] = maildir::KeywordBits{1} << *index;
    }
    for (const auto& [base, bits] : courier->messages) {
        maildir::KeywordBits mapped = 0;
        for (unsigned i = 0; i < maildir::max_keywords; ++i)
            mapped |= (bits >> i & 1) != 0 ? ours[i] : 0;
        courier_keywords_.emplace(base, mapped);
    }
    return table->save(fd);
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
    if (!list_->compact(mailbox_.folder_.fd(), live))
        return base::Done{}; // a full disk: it will do as it is
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
