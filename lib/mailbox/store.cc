// SPDX-License-Identifier: ISC
#include "mailbox/store.h"

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>

#include "mailbox/observation.h"
#include "mailbox/sync.h"
#include "maildir/name.h"
#include "maildir/subscriptions.h"
#include "maildir/tidy.h"

namespace mailbox {

using base::Errc;
using base::Error;

namespace {

/// What the index knows by itself.
Counters counters_of(const indexing::Read& read, const indexing::FolderRecord& record)
{
    Counters counters;
    counters.messages = record.messages;
    counters.unseen = record.unseen;
    counters.deleted = record.deleted;
    counters.uid_next = record.uid_next;
    counters.uid_validity = record.uid_validity;
    counters.highest_mod_sequence = record.highest_modseq;
    counters.octets = record.octets;
    counters.guid = record.guid;
    if (record.deleted > 0) {
        for (const Uid uid : read.deleted(record.id)) {
            if (const auto message = read.message(record.id, uid))
                counters.deleted_octets += message->octets;
        }
    }
    if (record.uid_next > record.first_recent) {
        const auto uids = read.uids(record.id);
        counters.recent =
            static_cast<std::uint32_t>(uids.size() - uids.rank(record.first_recent));
    }
    return counters;
}

base::Status make_index_directory(const std::string& path)
{
    if (!path.empty() && ::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        return Error::from_errno("mkdir", path);
    return base::Done{};
}

} // namespace

base::Status Store::make_places(const std::string& mail,
                                const std::string& index_directory)
{
    if (const auto tree = maildir::Tree::open_or_create(mail); !tree)
        return tree.error();
    return make_index_directory(index_directory);
}

base::Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options,
                                                 const base::Clock& clock,
                                                 base::Random& random,
                                                 const logging::Log& log)
{
    auto tree = maildir::Tree::open_or_create(options.mail);
    if (!tree)
        return tree.error();
    if (auto made = make_index_directory(options.index_directory); !made)
        return made.error();
    std::unique_ptr<Store> store(
        new Store(options, clock, random, log, std::move(*tree)));
    if (store->options_.index_directory.empty())
        store->options_.index_directory = options.mail;
    if (auto done = store->ensure_index(); !done)
        return done.error();
    auto watcher = watch::Watcher::open();
    if (watcher)
        store->watcher_.emplace(std::move(*watcher));
    else
        store->warn_of_polling("no-inotify", watcher.error());
    return store;
}

Store::Store(const StoreOptions& options, const base::Clock& clock,
             base::Random& random, const logging::Log& log, maildir::Tree tree)
    : options_(options), clock_(&clock), random_(&random), log_(log),
      tree_(std::move(tree))
{
}

Store::~Store() = default;

base::Status Store::ensure_index()
{
    if (index_ && index_->is_current())
        return base::Done{};
    const bool was_open = index_ != nullptr;
    for (Mailbox* mailbox : open_mailboxes_) {
        if (was_open)
            mailbox->save_told_state();
        mailbox->folder_id_ = 0; // it means another folder in another index
    }
    index_.reset(); // never two at once: see index.h
    auto opened = indexing::Index::open(options_.index_directory, *clock_);
    if (!opened)
        return opened.error();
    index_ = std::make_unique<indexing::Index>(std::move(*opened));
    if (const auto why = index_->emptied_because(); was_open || !why.empty())
        log_.info("index-made-anew", {{"reason", why.empty() ? "replaced" : why}});
    return base::Done{};
}

void Store::drain_events()
{
    if (!watcher_)
        return;
    for (;;) {
        auto drained = watcher_->drain();
        for (Mailbox* mailbox : open_mailboxes_) {
            if (drained.overflow)
                mailbox->must_look_everywhere_ = true;
        }
        for (Observation* observation : observations_) {
            if (drained.overflow)
                observation->hear_everything();
            for (const auto& event : drained.events)
                observation->hear(event);
        }
        for (auto& event : drained.events) {
            for (Mailbox* mailbox : open_mailboxes_) {
                if (mailbox->token_ == event.token)
                    mailbox->hear(event);
            }
        }
        if (drained.events.size() < watch::Watcher::max_events)
            return;
    }
}

std::string Store::fresh_base()
{
    return maildir::fresh_base(*clock_, *random_, options_.host, ++deliveries_);
}

/// What Courier left is taken over before the first use of the list. Not being able to
/// write it is no reason not to answer.
base::Status Store::take_over_subscriptions() const
{
    if (maildir::FileStamp::of(tree_.fd(), maildir::Subscriptions::file_name))
        return base::Done{};
    const auto theirs = maildir::Subscriptions::import_courier(tree_.fd());
    if (!theirs && theirs.error().code == Errc::NotFound)
        return base::Done{};
    if (!theirs)
        return theirs.error();
    return theirs->save(tree_.fd());
}

base::Result<std::vector<std::string>> Store::subscriptions() const
{
    if (auto taken = take_over_subscriptions(); !taken)
        log_.warn("subscriptions-not-taken-over", {{"error", taken.error().text}});
    auto subscribed = maildir::Subscriptions::load(tree_.fd());
    if (!subscribed)
        return subscribed.error();
    auto names = subscribed->list();
    for (std::string& name : names) {
        if (name == "INBOX")
            name.clear();
    }
    return names;
}

base::Status Store::subscribe(const std::string& folder)
{
    if (auto taken = take_over_subscriptions(); !taken)
        return taken;
    return maildir::Subscriptions::subscribe(tree_.fd(),
                                             folder.empty() ? "INBOX" : folder);
}

base::Status Store::unsubscribe(const std::string& folder)
{
    if (auto taken = take_over_subscriptions(); !taken)
        return taken;
    return maildir::Subscriptions::unsubscribe(tree_.fd(),
                                               folder.empty() ? "INBOX" : folder);
}

base::Result<Counters> Store::counters(const std::string& name, Sizes sizes)
{
    auto folder = tree_.folder(name);
    if (!folder)
        return folder.error();
    Mailbox mailbox(*this, name, std::move(*folder), Access::ReadOnly);
    if (auto synced = mailbox.sync(); !synced)
        return synced.error();
    Counters counters;
    {
        const auto read = index_->read();
        const auto record = mailbox.record(read);
        if (!record)
            return Error{Errc::Internal, "The folder is not in its index"};
        counters = counters_of(read, *record);
    }
    if (sizes == Sizes::OnTheWire) { // last: RFC 8438 §2 allows more, and never less
        const auto octets = mailbox.wire_octets();
        if (!octets)
            return octets.error();
        counters.wire_octets = *octets;
    }
    return counters;
}

/// R14: never silently, but what the kernel lacks for one session it lacks for all.
void Store::warn_of_polling(std::string_view event, const base::Error& why) const
{
    const auto* const warning = options_.poll_warning;
    if (warning == nullptr || warning->is_time(clock_->steady_us()))
        log_.warn(event, {{"error", why.text}, {"poll_ms", poll_interval_ms}});
}

base::Result<std::unique_ptr<Mailbox>> Store::open(const std::string& name,
                                                   Access access)
{
    auto folder = tree_.folder(name);
    if (!folder)
        return folder.error();
    if (access == Access::ReadWrite) // a chance to clear away; failing at it is no harm
        static_cast<void>(maildir::tidy(*folder, *clock_));
    std::unique_ptr<Mailbox> mailbox(
        new Mailbox(*this, name, std::move(*folder), access));
    if (watcher_) { // first the watch, then the look (R22)
        if (auto watched = mailbox->watch(); !watched) {
            warn_of_polling("no-watch", watched.error());
            watcher_.reset();
        }
    }
    if (auto synced = mailbox->sync(); !synced)
        return synced.error();
    return mailbox;
}

} // namespace mailbox
