// SPDX-License-Identifier: ISC
/// \file
/// Making index and disk agree. The essay is in sync.cc.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/number_set.h"
#include "base/result.h"
#include "mailbox/mailbox.h"
#include "maildir/name.h"
#include "maildir/scan.h"
#include "maildir/uidlist.h"

namespace mailbox {

/// One look at one folder: made, run, thrown away.
class Sync {
public:
    explicit Sync(Mailbox& mailbox) : mailbox_(mailbox) {}

    /// Looks where there is reason to, taking the folder's lock only if something is
    /// not as the index has it.
    base::Status run();

    /// Looks at all names, for a caller who holds the lock and has found a file
    /// missing.
    base::Status look_everywhere_locked();

    /// Writes the directories' times down if the index has all that has happened.
    void settle();

private:
    base::Status look_once_locked();
    /// A file that is there.
    struct Seen {
        maildir::Where where = maildir::Where::New;
        std::string_view name;
        std::uint64_t inode = 0;
        bool is_known = false; ///< the index has this base name
    };
    using SeenByBase = std::unordered_map<std::string_view, Seen>;
    /// A message that is to be taken in.
    struct Arrival {
        indexing::MessageRecord record;
        maildir::Order order;
        bool has_line = false; ///< the uidlist has it already, with this UID
    };
    /// What the last event of a name said.
    enum class Hint {
        Appeared,      ///< perhaps not whole yet
        AppearedWhole, ///< renamed into its place, or closed by its writer
        Disappeared,
    };
    using Hints = std::map<std::pair<maildir::Where, std::string>, Hint>;

    bool is_live() const;
    base::Status take_stamps();
    base::Status look(const Hints& hints);
    Hints take_hints();
    void note_next_look();
    void note_settling();
    bool index_agrees(const Hints& hints) const;
    bool is_blind_change(const Hints& hints) const;
    bool uidlist_agrees(const indexing::FolderRecord& record) const;
    bool stamps_agree(const indexing::FolderRecord& record) const;
    void settle_stamps(const indexing::FolderRecord& record);
    bool needs_move(const indexing::FolderRecord& record) const;

    base::Status look_at_new_locked();
    bool take_from_new(const indexing::FolderRecord& record);
    base::Status follow(const Hints& hints);
    bool follow_base(const std::string& base, const Hints& hints);

    base::Result<maildir::UidList> load_uidlist(const indexing::FolderRecord* record);
    base::Result<maildir::UidList>
    uidlist_from_index(const indexing::FolderRecord& record);
    std::optional<indexing::FolderRecord> adopt_record();
    bool contradicts_index(const indexing::FolderRecord& record) const;
    base::Status make_record();
    base::Status take_over_courier_keywords();

    base::Status scan_until_certain(const indexing::FolderRecord& record);
    void note(const maildir::Listing& listing, maildir::Where where);
    void settle_duplicate(Seen& one, const Seen& other);
    bool is_known_as(const Seen& seen) const;
    bool drop_link(const Seen& dropped, const Seen& kept);
    void give_own_name(const Seen& seen);
    base::NumberSet missing(const indexing::FolderRecord& record) const;
    void compare(const indexing::FolderRecord& record);
    void find_expected(std::set<std::string> renamed);
    void note_difference(const indexing::MessageView& message, const Seen& seen);

    bool is_still_written(const std::string& name, Hint hint,
                          const maildir::FileFacts& facts);
    std::optional<std::string> storable_name(maildir::Where where,
                                             const std::string& name);
    bool add_arrival(maildir::Where where, const std::string& seen_name, Hint hint);
    Uid first_unknown_uid() const;
    base::Status admit_arrivals();
    base::Status assign_uids();
    void drop_those_without_uid();
    void put_off_arrivals(const base::Error& why);
    base::Status write_lines(const std::vector<maildir::UidList::Line>& lines,
                             const indexing::FolderRecord& record);
    void apply_courier_keywords();
    void move_to_cur();
    base::Status update_index();
    base::Status compact_uidlist();

    Mailbox& mailbox_;
    /// The directories as they were before the look.
    std::array<maildir::Stamp, 2> stamps_ = {};
    std::vector<maildir::Listing> listings_; ///< keep the names of `seen_`
    std::deque<std::string> own_names_;      ///< ditto: names we gave while looking
    SeenByBase seen_;
    bool is_stable_ = false;     ///< the last scan showed all there is
    bool did_scan_ = false;      ///< all names were looked at
    bool did_scan_new_ = false;  ///< all names in new/ were
    bool is_settled_ = false;    ///< the index has the directories' times as they are
    bool is_put_off_ = false;    ///< some arrivals could not be given a UID
    bool is_new_record_ = false; ///< the index knew nothing of the folder
    std::optional<maildir::UidList> list_;
    std::optional<indexing::Stamp> uidlist_stamp_;
    std::map<std::string, maildir::KeywordBits, std::less<>> courier_keywords_;

    std::vector<Arrival> arrivals_;
    std::vector<indexing::MessageRecord> changed_; ///< to be written, new and old
    base::NumberSet vanished_;
    std::optional<Uid> first_in_new_; ///< of those in `changed_`, before they moved
};

} // namespace mailbox
