// SPDX-License-Identifier: ISC
/// \file
/// One folder, open: Maildir, uidlist, index and watch joined.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/number_set.h"
#include "base/result.h"
#include "index/index.h"
#include "mailbox/changes.h"
#include "mailbox/flags.h"
#include "mailbox/message.h"
#include "maildir/folder.h"
#include "maildir/keywords.h"
#include "watch/watcher.h"

namespace mailbox {

class Store;

/// How a mailbox is open: SELECT, or EXAMINE and STATUS.
enum class Access { ReadWrite, ReadOnly };

/// A folder that a session has open. Speaks of UIDs only (R5).
///
/// Nothing in here waits for a client, and nothing is kept of one but how far
/// `changes` has told it.
class Mailbox {
public:
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    const std::string& name() const { return name_; }
    std::uint32_t uid_validity() const { return uid_validity_; }
    Uid uid_next() const;
    /// The folder's own id, which stays when it is renamed.
    std::array<std::uint8_t, 16> guid() const;
    /// The message with the lowest UID that is not \Seen, if there is one.
    std::optional<Uid> first_unseen() const;

    /// Makes the index agree with the disk (R21): cheap when nothing has happened.
    /// Gone: the folder was removed, or has another UIDVALIDITY now.
    base::Status sync();

    /// Calls `sync` if the index is not the one any more in which it looked last, or
    /// the folder's record was made anew there: till then nothing that is asked of it
    /// would be found. Errors: those of `sync`.
    base::Status ensure_known();

    /// When to call `sync` again though nothing may be heard till then: a message
    /// was seen that may still be being written. Microseconds, steady clock.
    std::optional<std::int64_t> look_again_at() const { return look_again_at_; }

    /// Whether something was heard that no `sync` has looked at yet: whoever drains the
    /// store's events hears for all, and then nothing wakes the session again.
    bool has_unseen_events() const { return !events_.empty(); }

    /// When `settle`, or `sync`, will be of use; nothing if it would not. Ditto.
    std::optional<std::int64_t> settle_at() const { return settle_at_; }
    /// Before the mailbox is left: if nothing has happened that no sync has seen, and
    /// the directories' times can be believed by now, notes them in the index, so that
    /// whoever looks next need not read the directories for what we have done.
    void settle();

    /// What has happened since the last call; at the first call, everything.
    Changes changes();

    /// What the index knows; NotFound for a message that is gone.
    base::Result<Facts> facts(Uid uid) const;
    /// Calls `see` for each of `uids` that is there, in ascending order. `see` must
    /// not wait, nor call back into the mailbox (R19).
    void for_each(const base::NumberSet& uids,
                  const std::function<void(const Facts&)>& see) const;

    /// The highest mod-sequence there is now. RFC 7162 §3.1.2.1.
    std::uint64_t highest_mod_sequence() const;
    /// The messages with a mod-sequence above that one.
    base::NumberSet changed_since(std::uint64_t mod_sequence) const;
    /// The UIDs of messages removed at a mod-sequence above that one. Where the index
    /// does not remember (it was made anew, or it is too long ago): all UIDs below
    /// UIDNEXT without a message, as RFC 7162 §3.2.6 wants it.
    base::NumberSet vanished_since(std::uint64_t mod_sequence) const;

    /// Opens a message's file; NotFound when it is gone.
    base::Result<Message> message(Uid uid);

    /// The names of the keywords by their bit in `Flags::keywords`; empty names are
    /// free. Read anew when another program has changed them.
    const std::vector<std::string>& keywords();
    bool has_room_for_keywords();

    /// What became of a change of flags.
    struct Flagged {
        base::NumberSet changed; ///< have the flags asked for now
        base::NumberSet touched; ///< those of them that had not, and got a new MODSEQ
        base::NumberSet gone;    ///< are no longer there
        base::NumberSet newer;   ///< changed after `unchanged_since`: left alone
        /// Those of `changed` that others had changed since `changes` was last asked.
        base::NumberSet untold;
        std::uint64_t mod_sequence = 0; ///< that `touched` got, or the highest there is
    };
    /// With `unchanged_since`, only messages without a later change (RFC 7162 §3.1.3);
    /// 0 lets only those pass that have none of the keywords, and no system flag may
    /// be in the change.
    ///
    /// Errors: Limit when a 27th keyword would be needed; ReadOnly, Io …
    base::Result<Flagged>
    change_flags(const base::NumberSet& uids, const FlagChange& change,
                 std::optional<std::uint64_t> unchanged_since = std::nullopt);

    /// What has come since the last call, and is \Recent to this session.
    base::NumberSet take_arrivals() { return std::exchange(arrivals_, {}); }
    /// What the structure of a message says.
    struct Attached {
        Uid uid;
        bool has_attachment;
    };
    /// Gives $HasAttachment or $HasNoAttachment to those that have neither, unless the
    /// mailbox is open for reading only or has no keyword left. A failure is logged.
    void mark_attachments(const std::vector<Attached>& found);

    /// Removes those of `uids` that are \Deleted; gives what was removed.
    base::Result<base::NumberSet> expunge(const base::NumberSet& uids);

    /// What was worked out from a message earlier, or nothing; the caller checks that
    /// it still fits the file.
    std::string cached(Uid uid, Cached kind) const;
    struct Fact {
        Uid uid;
        Cached kind;
        std::string bytes;
    };
    /// The same of many messages in one transaction: what there is of `kinds`, UIDs
    /// ascending. `up_to` is the last message looked up: it ends with the one that
    /// fills `max_octets`.
    struct CachedFacts {
        std::vector<Fact> facts;
        Uid up_to = 0;
    };
    CachedFacts cached(const base::NumberSet& uids, const std::vector<Cached>& kinds,
                       std::size_t max_octets) const;
    /// Keeps what was worked out, one transaction for all (R19). A failure is none:
    /// it will be worked out again.
    void remember(const std::vector<Fact>& facts);
    /// A message's size with CRLF line ends, once it has been counted.
    using WireOctets = std::pair<Uid, std::uint64_t>;
    void remember_wire_octets(const std::vector<WireOctets>& counted);
    void remember_wire_octets(Uid uid, std::uint64_t wire_octets)
    {
        remember_wire_octets({{uid, wire_octets}});
    }
    /// The octets of all messages with CRLF line ends. Reads those that nobody has
    /// counted yet, once.
    base::Result<std::uint64_t> wire_octets();

private:
    friend class Store;
    friend class Sync;
    friend class Admission;
    friend class Append;
    friend class BothLocks;
    friend class Copy;
    friend class Move;

    /// How far `changes` has told.
    struct Told {
        std::uint64_t generation = 0;
        std::uint64_t mod_sequence = 0;
        Uid uid_next = 0;
    };
    /// What the client knew of a message when the index was taken away.
    struct Remembered {
        Uid uid;
        Flags flags;
    };

    Mailbox(Store& store, std::string name, maildir::Folder folder, Access access);

    indexing::Index& index() const;
    /// The folder's name in the index, which takes no empty ones: ".", ".A.B".
    std::string index_name() const { return "." + name_; }
    std::optional<indexing::FolderRecord> record(const indexing::Read& read) const;
    /// Takes the folder's lock, and then an index that knows the folder.
    ///
    /// Somebody may have deleted the index since we last looked, and another session
    /// have made a new one. What we wrote into the old one nobody would see, and the
    /// mod-sequences that it gives may be above those that the new one has given: a
    /// client that was told one would never hear of the changes between. Under the lock
    /// nobody else makes a folder's record, so what is current now is what counts.
    /// Gone if the folder has been removed.
    base::Result<maildir::FolderLock> lock_for_change();
    /// Finds the folder in the index as it is now, or puts it there, for a caller who
    /// holds the lock.
    base::Status know_locked();
    bool is_removed() const;
    /// Whether somebody removed new/ or cur/, and opening them again, made anew.
    bool has_lost_directory() const;
    base::Status open_directories();
    base::Status watch();
    void stop_watching();
    void hear(const watch::Event& event);
    /// Whether our directory is what is to be found by our name.
    bool is_in_its_place() const;
    /// Takes the name that the folder has now. Gone if it has none.
    base::Status find_again();
    /// Before the index is closed to be made anew.
    void save_told_state();
    /// Uses this record of the folder from now on. In an index made anew that is where
    /// what was told is compared with what is there: before anything is read of it or
    /// changed in it, which may be told at once, and changed back before `changes` is
    /// asked. Gone if it has another UIDVALIDITY by now: its UIDs are other messages'.
    base::Status take_record(const indexing::Read& read,
                             const indexing::FolderRecord& now);
    void compare_told_state(const indexing::Read& read,
                            const indexing::FolderRecord& now);
    /// Whether others have changed the message's flags since `changes` was last asked.
    bool is_untold(const indexing::MessageRecord& message) const;
    base::Result<std::uint32_t> keyword_bits(const std::vector<std::string>& names);
    /// What became of messages that were to be removed.
    struct Removal {
        base::NumberSet removed;
        base::NumberSet left; ///< could not be removed
        base::Status failed = base::Done{};
    };
    /// Removes those of `uids` that have all the system flags in `with`, for a caller
    /// who holds the lock.
    Removal remove_locked(base::NumberSet uids, std::uint8_t with = 0);

    Store* store_;
    std::string name_;
    maildir::Folder folder_;
    Access access_;
    std::uint32_t uid_validity_ = 0;
    std::uint32_t folder_id_ = 0;

    // The watch, and what it has told that no sync has looked at yet.
    std::optional<watch::Token> token_;
    std::vector<watch::Event> events_;
    bool must_look_everywhere_ = true;
    /// The directories' states up to which every change has been looked at.
    std::array<maildir::Stamp, 2> accounted_ = {};
    /// Names in new/ that may still be being written, and until when we wait for
    /// them. Steady clock, µs.
    std::map<std::string, std::int64_t> young_;
    std::optional<std::int64_t> look_again_at_;
    std::optional<std::int64_t> settle_at_;

    Told told_;
    base::NumberSet claimed_recent_; ///< not told yet
    base::NumberSet arrivals_;       ///< the same, not asked for yet
    std::vector<Remembered> remembered_;
    /// Seen when the index was made anew, not told yet; `flagged` is sorted by UID.
    Changes carried_;

    std::vector<std::string> keyword_names_;
    bool has_room_for_marks_ = true; ///< `mark_attachments` has found no other
    maildir::FileStamp keywords_stamp_;
};

} // namespace mailbox
