// SPDX-License-Identifier: ISC
/// \file
/// Changing the index.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/number_set.h"
#include "base/result.h"
#include "index/read.h"

namespace indexing {

enum class Table;

/// How a message's flags become others. In a Maildir this is a rename.
struct FlagChange {
    std::uint32_t uid = 0;
    std::uint8_t flags = 0;
    std::uint32_t keywords = 0;
    std::uint64_t modseq = 0; ///< from `Write::next_modseq`
    Place place = Place::Cur;
    std::string_view name = {}; ///< the new file name, same base name; empty: as it was
};

/// A write transaction: what `Index::write` gives to its function. It can be asked
/// everything that a Read can, and answers with the changes made so far.
///
/// Only one exists at a time, over all processes, and it keeps readers out: inside
/// it no mail is read, nothing is waited for, nothing is logged (R19).
/// Failures of the disk or the map are thrown past the function and come out of
/// `Index::write` as an error; only what a caller can decide on is returned here.
class Write : public Read {
public:
    Write(const Write&) = delete;
    ~Write();

    /// A new folder without messages. Its MODSEQ and generation start from the
    /// clock in microseconds, above any that this index has given before.
    ///
    /// Errors: Exists; Cannot for a name that is empty or longer than `max_folder`.
    base::Result<FolderRecord> create_folder(std::string_view name,
                                             std::uint32_t uid_validity,
                                             std::uint32_t uid_next,
                                             const std::array<std::uint8_t, 16>& guid);
    /// Changes what is the caller's in the folder `record.id`. The counters and the
    /// generation stay as they are here; `uid_next`, `first_recent` and
    /// `highest_modseq` never go back, whatever an old copy of the record says.
    /// Errors: NotFound.
    base::Status put_folder(const FolderRecord& record);
    /// Forgets a folder with all its messages. Errors: NotFound.
    base::Status drop_folder(std::string_view name);
    /// The folder keeps its id and all it has. Errors: NotFound, Exists, Cannot.
    base::Status rename_folder(std::string_view from, std::string_view to);

    /// Inserts messages, or replaces those with the same UID; counters, UIDNEXT and
    /// HIGHESTMODSEQ follow. Cheapest in ascending order of UIDs. What was cached of
    /// a replaced message stays, for a message's content never changes.
    /// Errors: NotFound (no such folder); Limit for a name longer than `max_name` or
    /// UID 0; then nothing was put.
    base::Status put_messages(std::uint32_t folder_id,
                              std::span<const MessageRecord> messages);
    /// Errors: NotFound (folder or message).
    base::Status set_flags(std::uint32_t folder_id, const FlagChange& change);
    /// The same for many, UIDs ascending; those that are not there are left out.
    base::Status set_flags(std::uint32_t folder_id,
                           std::span<const FlagChange> changes);
    /// Removes those of `uids` that are there, with what was cached of them, and
    /// notes that they vanished with `modseq`. Errors: NotFound (no such folder).
    base::Status expunge(std::uint32_t folder_id, const base::NumberSet& uids,
                         std::uint64_t modseq);

    /// A MODSEQ above all that were given in the folder; it is HIGHESTMODSEQ from
    /// here on. 0 if there is no such folder.
    std::uint64_t next_modseq(std::uint32_t folder_id);
    /// Moves `first_recent` up to UIDNEXT and gives what it was: the messages from
    /// there on are \Recent to the caller and to nobody else. 0 without such a folder.
    std::uint32_t claim_recent(std::uint32_t folder_id);

    /// Keeps `bytes` until the message is expunged. False if it is gone already.
    bool put_cached(std::uint32_t folder_id, std::uint32_t uid, Kind kind,
                    std::string_view bytes);
    /// Notes how many octets a message has on the wire, which is no change of the
    /// message: it keeps its MODSEQ. False if there is no such message.
    bool put_wire_octets(std::uint32_t folder_id, std::uint32_t uid,
                         std::uint64_t wire_octets);

    /// The longest folder name: the keys of LMDB end at 511 octets.
    static constexpr std::size_t max_folder = 500;
    /// Of how many ranges of expunged messages a folder remembers the MODSEQ; past
    /// that the older half is forgotten and `vanished_floor` moves up.
    static constexpr std::uint32_t max_vanished = 65536;

private:
    friend class Environment;
    Write(Environment& environment, MDB_txn* txn) : Read(environment, txn) {}

    class Batch;

    void store(const FolderRecord& record);
    void forget_name(std::uint32_t folder_id, const MessageView& message);
    void clear(Table table, std::string_view prefix);
    void note_vanished(FolderRecord& folder, const base::NumberSet& uids,
                       std::uint64_t modseq);
    std::uint64_t next_stamp();
};

} // namespace indexing
