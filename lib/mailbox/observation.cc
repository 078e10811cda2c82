// SPDX-License-Identifier: ISC
#include "mailbox/observation.h"

#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "maildir/metadata.h"
#include "maildir/subscriptions.h"

namespace mailbox {

using base::Errc;
using base::Error;
using maildir::Metadata;
using maildir::Where;

namespace {

std::optional<Observation::Identity> identity_of(int directory)
{
    struct statx status = {};
    if (::statx(directory, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &status) != 0)
        return std::nullopt;
    Observation::Identity identity;
    identity.device = std::uint64_t{status.stx_dev_major} << 32 | status.stx_dev_minor;
    identity.inode = status.stx_ino;
    if ((status.stx_mask & STATX_BTIME) != 0)
        identity.born_ns =
            status.stx_btime.tv_sec * 1'000'000'000 + status.stx_btime.tv_nsec;
    return identity;
}

} // namespace

Observation::Observation(Store& store) : store_(&store)
{
    store_->observations_.push_back(this);
}

Observation::~Observation()
{
    std::erase(store_->observations_, this);
    if (!store_->watcher_)
        return;
    for (const auto& [token, meaning] : meanings_)
        store_->watcher_->remove(token);
}

base::Status Observation::observe(const std::set<std::string>& folders)
{
    if (folders.size() > max_folders)
        return Error{Errc::Limit, "There are too many mailboxes to watch"};
    if (store_->watcher_ && !is_root_watched_) {
        const auto token = store_->watcher_->add_directory(store_->tree_.fd());
        if (!token)
            return token.error();
        meanings_[*token] = {What::Root, {}};
        is_root_watched_ = true;
    }
    for (auto at = folders_.begin(); at != folders_.end();) {
        if (folders.contains(at->first)) {
            ++at;
            continue;
        }
        forget(at->second);
        at = folders_.erase(at);
    }
    for (const std::string& name : folders) {
        if (auto added = add(name); !added)
            return added;
    }
    return base::Done{};
}

void Observation::forget(const Observed& observed)
{
    for (const auto& token : {observed.messages, observed.directory}) {
        if (!token)
            continue;
        meanings_.erase(*token);
        if (store_->watcher_)
            store_->watcher_->remove(*token);
    }
}

base::Status Observation::add(const std::string& name)
{
    const auto folder = store_->tree_.folder(name);
    const auto identity = folder ? identity_of(folder->fd()) : std::nullopt;
    Observed& known = folders_[name];
    if (identity && known.identity == *identity && !known.is_gone)
        return base::Done{};
    forget(known);
    known = {};
    if (!identity) {
        folders_.erase(name);
        return base::Done{};
    }
    known.identity = *identity;
    if (!store_->watcher_)
        return base::Done{};
    const auto messages =
        store_->watcher_->add(folder->fd(Where::New), folder->fd(Where::Cur));
    if (!messages)
        return messages.error();
    known.messages = *messages;
    meanings_[*messages] = {What::Messages, name};
    if (name.empty()) // the root is watched already
        return base::Done{};
    const auto directory = store_->watcher_->add_directory(folder->fd());
    if (!directory)
        return directory.error();
    known.directory = *directory;
    meanings_[*directory] = {What::Directory, name};
    return base::Done{};
}

base::Result<std::vector<std::string>> Observation::folders() const
{
    const auto lock = store_->lock_root();
    if (!lock)
        return lock.error();
    return store_->tree_.list();
}

Observation::Identities Observation::identities() const
{
    Identities identities;
    for (const auto& [name, observed] : folders_)
        identities[name] = observed.identity;
    return identities;
}

void Observation::hear_everything()
{
    for (const auto& [name, observed] : folders_) {
        news_.messages.insert(name);
        news_.annotations.insert(name);
    }
    news_.tree = true;
    news_.subscriptions = true;
    news_.server_annotations = true;
}

void Observation::hear(const watch::Event& event)
{
    const auto at = meanings_.find(event.token);
    if (at == meanings_.end())
        return;
    const Meaning& meaning = at->second;
    if (event.kind == watch::Kind::SelfGone && meaning.what != What::Root) {
        // What is found under this name from now on is another one, or was moved.
        if (const auto gone = folders_.find(meaning.folder); gone != folders_.end())
            gone->second.is_gone = true;
        news_.tree = true;
    }
    switch (meaning.what) {
    case What::Messages:
        news_.messages.insert(meaning.folder);
        return;
    case What::Directory:
        if (event.name == Metadata::folder_file)
            news_.annotations.insert(meaning.folder);
        // Its `cur` and `new` make a folder of it; they come after the directory.
        if (event.kind == watch::Kind::SelfGone || event.name == "cur" ||
            event.name == "new" || event.name == "maildirfolder")
            news_.tree = true;
        return;
    case What::Root:
        return hear_root(event.name);
    }
}

void Observation::hear_root(const std::string& name)
{
    // What the index and the uidlist do to this directory is nobody's news.
    if (name == Metadata::folder_file)
        news_.annotations.insert("");
    else if (name == Metadata::server_file)
        news_.server_annotations = true;
    else if (name == maildir::Subscriptions::file_name)
        news_.subscriptions = true;
    else if (name.size() > 1 && name[0] == '.' && name[1] != '.')
        news_.tree = true;
}

Observation::News Observation::take()
{
    store_->drain_events();
    if (!store_->watcher_)
        hear_everything();
    return std::exchange(news_, {});
}

} // namespace mailbox
