// SPDX-License-Identifier: ISC
#include "mailbox/store.h"

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>

#include "mailbox/sync.h"
#include "maildir/name.h"
#include "maildir/subscriptions.h"
#include "maildir/tidy.h"

namespace mailbox {

using base::Errc;
using base::Error;

base::Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options,
                                                 const base::Clock& clock,
                                                 base::Random& random,
                                                 const logging::Log& log)
{
    auto tree = maildir::Tree::open_or_create(options.mail);
    if (!tree)
        return tree.error();
    std::unique_ptr<Store> store(
        new Store(options, clock, random, log, std::move(*tree)));
    if (store->options_.index_directory.empty()) {
        store->options_.index_directory = options.mail;
    } else if (::mkdir(options.index_directory.c_str(), 0700) != 0 && errno != EEXIST) {
        return Error::from_errno("mkdir", options.index_directory);
    }
    if (auto done = store->ensure_index(); !done)
        return done.error();
    auto watcher = watch::Watcher::open();
    if (watcher)
        store->watcher_.emplace(std::move(*watcher));
    else // R14: poll, with one warning, never silently
        log.warn("no-inotify",
                 {{"error", watcher.error().text}, {"poll_ms", poll_interval_ms}});
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
    for (Mailbox* mailbox : open_mailboxes_)
        mailbox->save_told_state();
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
        for (auto& event : drained.events) {
            for (Mailbox* mailbox : open_mailboxes_) {
                if (mailbox->token_ == event.token)
                    mailbox->events_.push_back(event);
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

base::Status Store::create(const std::string& folder)
{
    auto made = tree_.create(folder);
    if (!made)
        return made.error();
    return base::Done{};
}

base::Result<std::vector<std::string>> Store::subscriptions() const
{
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
    return maildir::Subscriptions::subscribe(tree_.fd(),
                                             folder.empty() ? "INBOX" : folder);
}

base::Status Store::unsubscribe(const std::string& folder)
{
    return maildir::Subscriptions::unsubscribe(tree_.fd(),
                                               folder.empty() ? "INBOX" : folder);
}

base::Result<Counters> Store::counters(const std::string& name)
{
    auto folder = tree_.folder(name);
    if (!folder)
        return folder.error();
    Mailbox mailbox(*this, name, std::move(*folder), Access::ReadOnly);
    if (auto synced = mailbox.sync(); !synced)
        return synced.error();
    const auto read = index_->read();
    const auto record = mailbox.record(read);
    if (!record)
        return Error{Errc::Internal, "The folder is not in its index"};
    Counters counters;
    counters.messages = record->messages;
    counters.unseen = record->unseen;
    counters.deleted = record->deleted;
    counters.uid_next = record->uid_next;
    counters.uid_validity = record->uid_validity;
    counters.highest_mod_sequence = record->highest_modseq;
    counters.octets = record->octets;
    if (record->uid_next > record->first_recent) {
        const auto uids = read.uids(record->id);
        counters.recent =
            static_cast<std::uint32_t>(uids.size() - uids.rank(record->first_recent));
    }
    return counters;
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
        auto token = watcher_->add(mailbox->folder_.fd(maildir::Where::New),
                                   mailbox->folder_.fd(maildir::Where::Cur));
        if (token) {
            mailbox->token_ = *token;
        } else {
            log_.warn("no-watch", {{"folder", name},
                                   {"error", token.error().text},
                                   {"poll_ms", poll_interval_ms}});
            watcher_.reset();
        }
    }
    if (auto synced = mailbox->sync(); !synced)
        return synced.error();
    return mailbox;
}

} // namespace mailbox
