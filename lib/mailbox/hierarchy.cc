// SPDX-License-Identifier: ISC
/// \file
/// The store's folders as a tree: making, removing and renaming them.
///
/// Whoever changes the tree holds the lock of its root, which is INBOX's: a session
/// that finds its folder gone from its place waits for that, and sees the change as a
/// whole
/// (`Mailbox::find_again`). Within it the order is disk, then index, then what follows:
/// after a crash in between the index knows a folder that is not there, and whoever
/// makes one of that name drops it.
#include "mailbox/store.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

#include "mailbox/move.h"
#include "maildir/subscriptions.h"
#include "maildir/uid_validity.h"
#include "maildir/uidlist.h"

namespace mailbox {

using base::Done;
using base::Errc;
using base::Error;
using maildir::SpecialUseFile;

namespace {

/// How often new flags and expunges of others may come between while INBOX is emptied.
constexpr int max_attempts = 5;

/// The folder's name in the index, which takes no empty ones.
std::string in_index(const std::string& folder)
{
    return "." + folder;
}

/// Files in a Maildir's root that no delivery makes, but every IMAP server.
constexpr const char* traces_of_use[] = {
    maildir::UidList::file_name, maildir::Subscriptions::file_name,
    SpecialUseFile::file_name,   "dovecot-uidvalidity",
    "courierimapuiddb",          "courierimapsubscribed",
};

} // namespace

base::Result<Store::RootLock> Store::lock_root() const
{
    auto root = tree_.folder("");
    if (!root)
        return root.error();
    auto lock = root->lock();
    if (!lock)
        return lock.error();
    return RootLock{std::move(*root), std::move(*lock)};
}

base::Status Store::create(const std::string& name, std::span<const SpecialUse> uses)
{
    if (auto done = ensure_index(); !done)
        return done;
    const auto lock = lock_root();
    if (!lock)
        return lock.error();
    const auto folders = tree_.list();
    if (!folders)
        return folders.error();
    if (folders->size() >= options_.most_folders)
        return Error{Errc::Limit, "there are as many mailboxes as may be", 0};
    if (!tree_.exists(name)) { // else a crash, or another program, left it there
        note_uid_validity_of(name);
        forget_in_index(name);
    }
    auto made = tree_.create(name);
    if (!made)
        return made.error();
    auto assigned = SpecialUseFile::assign(tree_.fd(), name, uses);
    if (!assigned) // RFC 6154 §3: with its uses, or not at all
        static_cast<void>(tree_.remove(name));
    return assigned;
}

void Store::forget_in_index(const std::string& name)
{
    static_cast<void>(index_->write([&](indexing::Write& write) {
        static_cast<void>(write.drop_folder(in_index(name)));
    }));
}

void Store::note_uid_validity_of(const std::string& name)
{
    // Only what another server gave, or a clock that was wrong, can be above ours; a
    // full disk must not keep a user from deleting.
    std::uint32_t uid_validity = 0;
    if (const auto record = index_->read().folder(in_index(name)))
        uid_validity = record->uid_validity;
    if (uid_validity == 0) {
        const auto folder = tree_.folder(name);
        if (!folder)
            return;
        const auto list = maildir::UidList::load(folder->fd());
        if (!list)
            return;
        uid_validity = list->uid_validity();
    }
    static_cast<void>(maildir::note_uid_validity(tree_.fd(), uid_validity));
}

base::Status Store::remove(const std::string& name)
{
    if (auto done = ensure_index(); !done)
        return done;
    {
        const auto lock = lock_root();
        if (!lock)
            return lock.error();
        if (!name.empty() && tree_.exists(name))
            note_uid_validity_of(name);
        if (auto hidden = tree_.hide(name); !hidden)
            return hidden;
        forget_in_index(name);
        const auto forgotten = SpecialUseFile::forget(tree_.fd(), name);
        if (!forgotten) // its folder is not there any more: it counts for nothing
            log_.warn("special-use", {{"error", forgotten.error().text}});
    }
    // A large folder takes a while, and is out of everybody's sight.
    const auto emptied = tree_.finish_removals();
    if (!emptied)
        log_.warn("removal-unfinished", {{"error", emptied.error().text}});
    static_cast<void>(quota_of_all().recount()); // else it is done when it matters
    return Done{};
}

base::Status Store::rename(const std::string& from, const std::string& to)
{
    if (from.empty())
        return rename_inbox(to);
    if (auto done = ensure_index(); !done)
        return done;
    const auto lock = lock_root();
    if (!lock)
        return lock.error();
    if (maildir::Tree::is_below(to, from))
        return Error{Errc::Cannot, "A mailbox cannot be moved below itself"};
    auto folders = tree_.list();
    if (!folders)
        return folders.error();
    std::erase_if(*folders, [&](const std::string& name) {
        return name != from && !maildir::Tree::is_below(name, from);
    });
    // The old names are free from now on.
    std::for_each(folders->begin(), folders->end(),
                  [this](const std::string& name) { note_uid_validity_of(name); });
    if (auto renamed = tree_.rename(from, to); !renamed)
        return renamed;

    const auto new_name = [&](const std::string& name) {
        return to + name.substr(from.size());
    };
    const auto indexed = index_->write([&](indexing::Write& write) {
        for (const std::string& name : *folders) {
            static_cast<void>(write.drop_folder(in_index(new_name(name))));
            static_cast<void>(
                write.rename_folder(in_index(name), in_index(new_name(name))));
        }
    });
    if (!indexed) // it is a cache, and finds out
        log_.warn("index-write", {{"error", indexed.error().text}});
    for (Mailbox* mailbox : open_mailboxes_) {
        if (std::binary_search(folders->begin(), folders->end(), mailbox->name_))
            mailbox->name_ = new_name(mailbox->name_);
    }
    const auto followed = SpecialUseFile::rename(tree_.fd(), from, to);
    if (!followed)
        log_.warn("special-use", {{"error", followed.error().text}});
    return Done{};
}

base::Status Store::rename_inbox(const std::string& to)
{
    // RFC 9051 §6.3.6: its messages move to a new mailbox, it stays, and so do the
    // folders below it.
    if (auto made = create(to); !made)
        return made;
    auto folder = tree_.folder("");
    if (!folder)
        return folder.error();
    Mailbox inbox(*this, "", std::move(*folder), Access::ReadWrite);
    base::Status done = Done{};
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        done = inbox.sync();
        if (!done)
            break;
        base::NumberSet uids;
        {
            const auto read = index_->read();
            if (const auto record = inbox.record(read))
                uids = read.uids(record->id);
        }
        if (uids.empty())
            break;
        auto move = Move::begin(*this, inbox, to);
        if (!move)
            return move.error();
        const auto moved = move->run(uids);
        if (moved && !moved->failed)
            done = moved->failed.error();
        else if (!moved)
            done = moved.error();
        if (done || done.error().code != Errc::NotFound)
            break;
    }
    if (done)
        copy_annotations("", to); // RFC 5464 §4.1: INBOX keeps its own
    if (!done) {
        const auto left = counters(to);
        if (left && left->messages == 0) // nothing was moved: as if it had not been
            static_cast<void>(remove(to));
    }
    return done;
}

base::Result<FolderUses>
Store::special_uses(const std::vector<std::string>& folders) const
{
    const auto assigned = SpecialUseFile::load(tree_.fd());
    if (!assigned)
        return assigned.error();
    return uses_of(folders, *assigned, options_.defaults);
}

bool Store::is_new() const
{
    struct stat status = {};
    return std::none_of(
        std::begin(traces_of_use), std::end(traces_of_use), [&](const char* file) {
            return ::fstatat(tree_.fd(), file, &status, AT_SYMLINK_NOFOLLOW) == 0;
        });
}

base::Status Store::make_defaults()
{
    if (options_.defaults.empty() || !is_new())
        return Done{};
    const auto folders = tree_.list();
    if (!folders)
        return folders.error();
    const auto uses = special_uses(*folders);
    if (!uses)
        return uses.error();
    for (const auto& [use, wanted] : options_.defaults) {
        const auto has_use = [use = use](const auto& entry) {
            return std::find(entry.second.begin(), entry.second.end(), use) !=
                   entry.second.end();
        };
        const auto found = std::find_if(uses->begin(), uses->end(), has_use);
        const std::string folder = found != uses->end() ? found->first : wanted;
        if (folder.empty())
            continue;
        const base::Status made =
            found != uses->end() ? base::Status(Done{}) : create(folder);
        // Another session of a client that opens several at once makes them as well.
        if (!made && made.error().code != Errc::Exists)
            return made;
        if (auto done = subscribe(folder); !done)
            return done;
    }
    return Done{};
}

} // namespace mailbox
