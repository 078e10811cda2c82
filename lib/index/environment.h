// SPDX-License-Identifier: ISC
/// \file
/// The open index file: LMDB, its lock, and the begin and end of transactions. For
/// lib/index only.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <lmdb.h>

#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "index/header.h"
#include "index/index.h"

namespace indexing {

/// The tables, LMDB's "databases". imapd-index(5) has their keys and values.
enum class Table {
    Meta,
    Folders,     ///< folder id → record, name
    FolderNames, ///< name → folder id
    Messages,    ///< folder id, UID → record
    Names,       ///< folder id, base name → UID
    Changes,     ///< folder id, MODSEQ, UID → nothing
    Vanished,    ///< folder id, MODSEQ, first UID → last UID
    Sets,        ///< folder id, which set, first UID → last UID
    Cached,      ///< folder id, UID, kind → octets
};
inline constexpr std::size_t table_count = 9;

/// Thrown through a Write when the map is full; `transact` begins again.
struct MapFull {};

class Environment {
public:
    static base::Result<std::unique_ptr<Environment>> open(const std::string& directory,
                                                           const base::Clock& clock,
                                                           const Options& options);
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
    ~Environment();

    Read read();
    void end_read();
    base::Status transact(const std::function<bool(Write&)>& change);

    /// As `Index::rest`.
    void rest();
    bool is_current() const;
    std::string_view emptied_because() const { return emptied_because_; }
    const base::Clock& clock() const { return *clock_; }
    MDB_dbi table(Table table) const
    {
        return tables_[static_cast<std::size_t>(table)];
    }

    /// Notes that a page was changed in the transaction.
    void count_change() { ++changes_; }
    /// Notes that a record was looked at.
    void count_look_up() { ++look_ups_; }

    /// Throws what belongs to LMDB's return code.
    [[noreturn]] void fail(int code);
    /// Sets the file aside and throws `Damaged`.
    [[noreturn]] void condemn(std::string_view why);

private:
    /// What to do with the file that was found.
    enum class Verdict { Keep, Empty, SetAside, TryAgain };
    enum class Outcome { Done, MapFull };

    Environment(std::string directory, const base::Clock& clock,
                const Options& options);

    // Opening, all of it under the exclusive lock.
    base::Status open_file();
    base::Result<Verdict> examine();
    Verdict examine(const Header& header, std::uint64_t inode, std::uint64_t size,
                    std::int64_t mtime_ns);
    base::Status empty();
    base::Status open_map();
    int map();
    void map_again();
    int open_tables(unsigned txn_flags, unsigned table_flags);
    Header header_in_use() const;
    base::Status mark_in_use();

    bool has_company() const;
    bool is_mapped() const;
    void set_aside() const;
    void lock(int operation);
    void unlock();
    void close_map();
    void close_clean();

    int begin(unsigned flags, MDB_txn** txn);
    std::uint64_t octets_needed() const;
    void check_size();
    Outcome attempt(const std::function<bool(Write&)>& change);
    base::Status grow();

    std::string directory_;
    std::string path_;
    const base::Clock* clock_;
    Options options_;
    base::UniqueFd file_; ///< carries the locks
    MDB_env* env_ = nullptr;
    std::size_t page_octets_ = 4096;
    std::array<MDB_dbi, table_count> tables_ = {};
    MDB_txn* reader_ = nullptr; ///< reset between reads
    int reads_ = 0;             ///< Reads alive
    bool writing_ = false;
    std::size_t changes_ = 0;  ///< in the transaction
    std::size_t look_ups_ = 0; ///< since the last rest
    bool broken_ = false;      ///< LMDB will begin no transaction any more
    std::string_view emptied_because_;
};

} // namespace indexing
