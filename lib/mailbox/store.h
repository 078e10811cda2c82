// SPDX-License-Identifier: ISC
/// \file
/// All the mailboxes of one user.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "index/index.h"
#include "log/log.h"
#include "log/seldom.h"
#include "mailbox/mailbox.h"
#include "mailbox/special_folders.h"
#include "maildir/metadata.h"
#include "maildir/quota.h"
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
    std::uint64_t wire_octets = 0; ///< if `Sizes::OnTheWire` was asked for
    std::array<std::uint8_t, 16> guid = {};
    std::uint64_t deleted_octets = 0; ///< of the messages that are \Deleted
};

/// The annotations of a mailbox or of the server, by entry. RFC 5464.
using Annotations = maildir::Metadata::Entries;

/// Where a store is, and what it is told from outside.
struct StoreOptions {
    std::string mail;            ///< absolute path of the Maildir
    std::string index_directory; ///< absolute; empty: beside the mail
    std::string host;            ///< for the names of new messages
    /// The folders that a new Maildir gets, and what is recognised by its name.
    std::vector<DefaultFolder> defaults;
    maildir::QuotaLimits quota; ///< where the Maildir defines none
    /// More than these are not made; INBOX is one.
    std::uint64_t most_folders = std::numeric_limits<std::uint64_t>::max();
    /// For the warning that we poll; null: it is given each time. Borrowed.
    const logging::Seldom* poll_warning = nullptr;
};

class Observation;

/// One user's Maildir with its folders, its index and its watch.
///
/// Folders are named as Maildir++ names them on disk, without the leading dot:
/// "" is INBOX, "A.B" the directory `.A.B`, in modified UTF-7. What a client calls
/// them is the session's business.
class Store {
public:
    /// How often to look where there is no inotify to be had. Milliseconds.
    static constexpr std::int64_t poll_interval_ms = 1000;

    /// Makes the Maildir and the directory of the index (unless that is empty) where
    /// there are none: for a process that will be shut in them before `open`.
    static base::Status make_places(const std::string& mail,
                                    const std::string& index_directory);

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
    /// Makes a folder that is for `uses`. Errors: Exists; Cannot for a name that cannot
    /// be stored; NoSpace, Io.
    base::Status create(const std::string& folder,
                        std::span<const SpecialUse> uses = {});
    /// Removes a folder with its mail; those below it stay. Errors: NotFound; Cannot
    /// for INBOX; Io.
    base::Status remove(const std::string& folder);
    /// Renames a folder and all below it, which keep their UIDs and what the index
    /// knows; of INBOX the messages move to a new folder. Subscriptions stay as they
    /// are (RFC 9051 §6.3.6). Errors: NotFound; Exists; Cannot, also for a name below
    /// `from`; NoSpace, Io.
    base::Status rename(const std::string& from, const std::string& to);

    /// Which of `folders`, as `list` gave them, are for what.
    base::Result<FolderUses>
    special_uses(const std::vector<std::string>& folders) const;
    /// Changes what an existing folder is for; a use has one folder, so that others may
    /// lose theirs. Errors: NotFound; NoSpace, Io.
    base::Status set_special_uses(const std::string& folder,
                                  std::span<const SpecialUse> uses);
    /// Makes the folders of `StoreOptions::defaults` and subscribes to them, where no
    /// IMAP server has served this Maildir before.
    base::Status make_defaults();

    /// Names as `list` gives them; "" for INBOX.
    base::Result<std::vector<std::string>> subscriptions() const;
    base::Status subscribe(const std::string& folder);
    base::Status unsubscribe(const std::string& folder);

    /// Looks at the folder and gives its counters; moves nothing (R24).
    /// Sizes on the wire may have to be counted message by message.
    enum class Sizes { NotAsked, OnTheWire };
    base::Result<Counters> counters(const std::string& folder,
                                    Sizes sizes = Sizes::NotAsked);

    /// What all folders together may hold and do hold; nothing without a quota.
    base::Result<std::optional<maildir::Quota::State>> quota() const
    {
        return quota_of_all().state();
    }

    /// Annotations of a folder ("" is INBOX), or of the server. Errors: NotFound if
    /// there is no such folder.
    base::Result<maildir::Metadata> metadata(const std::string& folder) const;
    base::Result<maildir::Metadata> server_metadata() const;

    /// One entry and its new value; none removes it.
    using Annotation = std::pair<std::string, std::optional<std::string>>;
    /// Changes all of them or none. Errors: NotFound; Limit if there would be too many.
    base::Status annotate(const std::string& folder,
                          const std::vector<Annotation>& changes);
    base::Status annotate_server(const std::vector<Annotation>& changes);

    /// Opens a folder, watched and brought up to date. The store must outlive it.
    base::Result<std::unique_ptr<Mailbox>> open(const std::string& folder,
                                                Access access);

    /// Becomes readable when something may have changed in an open mailbox; -1 if
    /// there is no inotify to be had: then look every `poll_interval_ms`.
    int events_fd() const { return watcher_ ? watcher_->fd() : -1; }

    /// Gives back what memory is not needed by a store that nobody asks for a while.
    void rest()
    {
        if (index_)
            index_->rest();
    }

private:
    friend class Mailbox;
    friend class Sync;
    friend class Admission;
    friend class Append;
    friend class Copy;
    friend class Observation;

    Store(const StoreOptions& options, const base::Clock& clock, base::Random& random,
          const logging::Log& log, maildir::Tree tree);

    base::Status take_over_subscriptions() const;
    /// Opens the index, or opens it anew if its file was taken away (R17).
    base::Status ensure_index();
    /// Takes what the kernel has to tell to the open mailboxes.
    void drain_events();
    void warn_of_polling(std::string_view event, const base::Error& why) const;
    std::string fresh_base();

    void copy_annotations(const std::string& from, const std::string& to);

    // hierarchy.cc
    /// The lock of the Maildir's root, which is INBOX's.
    struct RootLock {
        maildir::Folder root; ///< outlives its lock
        maildir::FolderLock lock;
    };
    base::Result<RootLock> lock_root() const;
    base::Status rename_inbox(const std::string& to);
    void forget_in_index(const std::string& folder);
    void note_uid_validity_of(const std::string& folder);
    bool is_new() const;

    maildir::Quota quota_of_all() const { return {tree_, *clock_, options_.quota}; }

    StoreOptions options_;
    const base::Clock* clock_;
    base::Random* random_;
    logging::Log log_;
    maildir::Tree tree_;
    std::unique_ptr<indexing::Index> index_;
    std::optional<watch::Watcher> watcher_;
    std::vector<Mailbox*> open_mailboxes_;
    std::vector<Observation*> observations_;
    std::uint64_t deliveries_ = 0; ///< orders what is appended within a microsecond
};

} // namespace mailbox
