// SPDX-License-Identifier: ISC
/// \file
/// All the mailboxes of one user.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "index/index.h"
#include "log/log.h"
#include "mailbox/mailbox.h"
#include "maildir/tree.h"
#include "watch/watcher.h"

namespace mailbox {

/// The counters that STATUS gives. RFC 9051 §6.3.11.
struct Counters {
    std::uint32_t messages = 0;
    std::uint32_t recent = 0;
    std::uint32_t unseen = 0;
    std::uint32_t deleted = 0;
    Uid uid_next = 0;
    std::uint32_t uid_validity = 0;
    std::uint64_t highest_mod_sequence = 0;
    std::uint64_t octets = 0;
};

/// Where a store is, and what it is told from outside.
struct StoreOptions {
    std::string mail;            ///< absolute path of the Maildir
    std::string index_directory; ///< absolute; empty: beside the mail
    std::string host;            ///< for the names of new messages
};

/// One user's Maildir with its folders, its index and its watch.
///
/// Folders are named as Maildir++ names them on disk, without the leading dot:
/// "" is INBOX, "A.B" the directory `.A.B`, in modified UTF-7. What a client calls
/// them is the session's business.
class Store {
public:
    /// How often to look where there is no inotify to be had. Milliseconds.
    static constexpr std::int64_t poll_interval_ms = 2000;

    /// Opens the Maildir, and makes it if there is none. `clock` and `random` must
    /// outlive the store. Errors: Unsupported where the index cannot be (a network
    /// file system), NoPermission, Io …
    static base::Result<std::unique_ptr<Store>> open(const StoreOptions& options,
                                                     const base::Clock& clock,
                                                     base::Random& random,
                                                     const logging::Log& log);
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    ~Store();

    /// Folders, INBOX ("") first, without those that only exist as a parent.
    base::Result<std::vector<std::string>> list() const { return tree_.list(); }
    bool exists(const std::string& folder) const { return tree_.exists(folder); }
    base::Status create(const std::string& folder);

    /// Names as `list` gives them; "" for INBOX.
    base::Result<std::vector<std::string>> subscriptions() const;
    base::Status subscribe(const std::string& folder);
    base::Status unsubscribe(const std::string& folder);

    /// Looks at the folder and gives its counters; moves nothing (R24).
    base::Result<Counters> counters(const std::string& folder);

    /// Opens a folder, watched and brought up to date. The store must outlive it.
    base::Result<std::unique_ptr<Mailbox>> open(const std::string& folder,
                                                Access access);

    /// Becomes readable when something may have changed in an open mailbox; -1 if
    /// there is no inotify to be had: then look every `poll_interval_ms`.
    int events_fd() const { return watcher_ ? watcher_->fd() : -1; }

private:
    friend class Mailbox;
    friend class Sync;
    friend class Admission;
    friend class Append;
    friend class Copy;

    Store(const StoreOptions& options, const base::Clock& clock, base::Random& random,
          const logging::Log& log, maildir::Tree tree);

    /// Opens the index, or opens it anew if its file was taken away (R17).
    base::Status ensure_index();
    /// Takes what the kernel has to tell to the open mailboxes.
    void drain_events();
    std::string fresh_base();

    StoreOptions options_;
    const base::Clock* clock_;
    base::Random* random_;
    logging::Log log_;
    maildir::Tree tree_;
    std::unique_ptr<indexing::Index> index_;
    std::optional<watch::Watcher> watcher_;
    std::vector<Mailbox*> open_mailboxes_;
    std::uint64_t deliveries_ = 0; ///< orders what is appended within a microsecond
};

} // namespace mailbox
