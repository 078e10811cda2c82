// SPDX-License-Identifier: ISC
/// \file
/// Reading the index: one snapshot of all folders of one user.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/number_set.h"
#include "index/record.h"

struct MDB_txn;

namespace indexing {

class Environment;

/// A read transaction: everything it answers belongs to one moment.
///
/// It keeps writers of all processes out, so it must be short, and must not live
/// while the process waits for anything (R19). It costs two flock(2) calls.
/// A Read made while another is alive shares its snapshot; no `Index::write` may
/// begin while one is alive. Views it gives point into the map and die with it.
///
/// A page that cannot be what was written throws `Damaged` (index.h): the file has
/// then been set aside already, and opening the index again makes a new one.
class Read {
public:
    Read(const Read&) = delete;
    Read& operator=(const Read&) = delete;
    Read(Read&& other) noexcept
        : environment_(std::exchange(other.environment_, nullptr)),
          txn_(std::exchange(other.txn_, nullptr))
    {
    }
    Read& operator=(Read&&) = delete;
    ~Read();

    /// The folder of that name, or with that id. O(log folders).
    std::optional<FolderRecord> folder(std::string_view name) const;
    std::optional<FolderRecord> folder(std::uint32_t id) const;
    /// All folders, by name in the order of octets.
    std::vector<NamedFolder> folders() const;

    std::optional<MessageView> message(std::uint32_t folder_id,
                                       std::uint32_t uid) const;
    /// The UID of the message with that base name.
    std::optional<std::uint32_t> uid_of(std::uint32_t folder_id,
                                        std::string_view base_name) const;

    /// Calls `visit(const MessageView&)` for the messages with UIDs from `first` to
    /// `last` (both included) in ascending order, without an allocation. A visitor
    /// that returns bool stops the walk with false.
    template <class Visitor>
    void for_each(std::uint32_t folder_id, std::uint32_t first, std::uint32_t last,
                  Visitor&& visit) const
    {
        walk(folder_id, first, last, &call<std::remove_reference_t<Visitor>>,
             const_cast<void*>(static_cast<const void*>(&visit)));
    }

    /// The UIDs of all messages, of those without \Seen, of those with \Deleted, of
    /// those whose file is in new/. O(ranges), not O(messages).
    base::NumberSet uids(std::uint32_t folder_id) const;
    base::NumberSet unseen(std::uint32_t folder_id) const;
    base::NumberSet deleted(std::uint32_t folder_id) const;
    base::NumberSet in_new(std::uint32_t folder_id) const;
    /// The smallest UID without \Seen. O(log messages).
    std::optional<std::uint32_t> first_unseen(std::uint32_t folder_id) const;
    /// From which UID on messages are \Recent to nobody yet; 0 without such a folder.
    std::uint32_t recent_first(std::uint32_t folder_id) const;

    /// The messages whose MODSEQ is greater than `modseq`. O(changes).
    base::NumberSet changed_since(std::uint32_t folder_id, std::uint64_t modseq) const;
    /// The same, each shown to `visit` as by `for_each`, in the order of the changes.
    template <class Visitor>
    void changed_since(std::uint32_t folder_id, std::uint64_t modseq,
                       Visitor&& visit) const
    {
        walk_changes(folder_id, modseq, &call<std::remove_reference_t<Visitor>>,
                     const_cast<void*>(static_cast<const void*>(&visit)));
    }
    /// The UIDs that were expunged with a MODSEQ greater than `modseq`. O(changes).
    ///
    /// For a `modseq` below the folder's `vanished_floor` (from before a rebuild, or
    /// forgotten since): all UIDs below UIDNEXT that are not there, which is what
    /// RFC 7162 §3.2.5.1 allows a server that does not remember.
    base::NumberSet vanished_since(std::uint32_t folder_id, std::uint64_t modseq) const;

    /// What `Write::put_cached` kept.
    std::optional<std::string_view> cached(std::uint32_t folder_id, std::uint32_t uid,
                                           Kind kind) const;

protected:
    friend class Environment;
    /// Calls what stands behind `visitor`; false ends the walk.
    using Visit = bool (*)(void* visitor, const MessageView& message);

    Read(Environment& environment, MDB_txn* txn) : environment_(&environment), txn_(txn)
    {
    }
    Environment& environment() const { return *environment_; }
    MDB_txn* txn() const { return txn_; }
    /// For the destructor of a transaction that is not the environment's reader.
    void detach() { environment_ = nullptr; }

private:
    template <class Visitor>
    static bool call(void* visitor, const MessageView& message)
    {
        auto& visit = *static_cast<Visitor*>(visitor);
        if constexpr (std::same_as<decltype(visit(message)), bool>) {
            return visit(message);
        } else {
            visit(message);
            return true;
        }
    }
    void walk(std::uint32_t folder_id, std::uint32_t first, std::uint32_t last,
              Visit visit, void* visitor) const;
    void walk_changes(std::uint32_t folder_id, std::uint64_t modseq, Visit visit,
                      void* visitor) const;

    Environment* environment_;
    MDB_txn* txn_;
};

} // namespace indexing
