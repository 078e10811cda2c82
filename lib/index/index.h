// SPDX-License-Identifier: ISC
/// \file
/// The index: a disposable cache of what is in one user's Maildir.
///
/// The namespace is `indexing`, since <strings.h> has a function called index.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "index/read.h"
#include "index/record.h"
#include "index/write.h"

namespace indexing {

/// The file's name, fixed: scripts delete it.
inline constexpr std::string_view file_name = "imapd-index.mdb";
/// What a file that is of no use is renamed to; an older one is replaced.
inline constexpr std::string_view damaged_name = "imapd-index.mdb.damaged";

/// Thrown by a Read that cannot be begun or gone on with. (A write gives the same
/// error as its result.)
class Failed : public std::runtime_error {
public:
    explicit Failed(base::Error error)
        : std::runtime_error(error.text), error_(std::move(error))
    {
    }
    const base::Error& error() const { return error_; }

private:
    base::Error error_;
};

/// The same for what nobody can have written. The file has been set aside by then:
/// `is_current()` is false, and a new open makes a new one.
class Damaged : public Failed {
public:
    using Failed::Failed;
};

struct Options {
    /// The map's size in octets at the start; it grows as needed, and costs address
    /// space only.
    std::size_t map_size = std::size_t{256} << 20;
    /// The kernel's boot id; empty: ask the kernel.
    std::string boot_id;
};

/// One user's index: an LMDB environment in one file. Open it after the fork, and
/// not twice in one process: while the first is in a transaction, the second would
/// wait for ever. Reopening means destroying the old one first.
///
/// What is in the file survives a crash of any process. It survives a crash of the
/// machine only if the last one to use it had closed it: it is written without
/// fsync(2), and emptied when its boot id says that it may be torn.
///
/// Why flock(2) and not LMDB's own locks: LMDB ties its lock file to a *name*. If
/// somebody deletes the index under a running session, the next session makes a
/// new file, shares the old one's lock table, and each ruins the other's; deleting
/// the lock file alone is worse. The lock here is on the file itself, the kernel
/// drops it when a process is killed, there are no reader slots to run out of or to
/// clean, and no second file. The price is that a writer keeps readers out while it
/// writes, a few dozen microseconds; every transaction is short by rule (R19).
class Index {
public:
    /// Opens the index in `directory` (an absolute path that exists), making the
    /// file if there is none. A file that is damaged, foreign, or of a later format
    /// is renamed to `damaged_name` and made anew; one from before a crash of the
    /// machine is emptied. `clock` must outlive the index.
    ///
    /// Errors: Unsupported on a network file system (LMDB cannot work there; the text
    /// names the setting); Busy if sessions of a later version are using the file;
    /// else what the system says.
    static base::Result<Index> open(const std::string& directory,
                                    const base::Clock& clock,
                                    const Options& options = {});

    Index(Index&&) noexcept;
    Index& operator=(Index&&) noexcept;
    /// The last one to close a file that was written syncs it and marks it as such.
    ~Index();

    /// Whether the path still names the file that is open, and nothing has gone
    /// wrong with it. If not, the index was deleted or set aside: open it again.
    /// Costs two system calls.
    bool is_current() const;
    /// Whether this open began with an empty index, and why ("new", "reboot",
    /// "touched", "damaged", "foreign", "older", "newer"), for the log; empty if not.
    std::string_view emptied_because() const;
    /// Gives memory back that reading much has taken up, if it has, for a process that
    /// will wait. No Read may be alive.
    void rest();

    /// A look at the index. Throws `Failed`, and `std::logic_error` inside a write.
    Read read() const;

    /// Runs `change(Write&)` in a write transaction and commits it. The function may
    /// return nothing, a `base::Status` or a `base::Result<T>`, which is then what
    /// comes back; with an error nothing of it is kept.
    ///
    /// The function may run more than once (each time on the state before), when
    /// the map had to grow: it must not have effects of its own that add up.
    ///
    /// Errors: its own; NoSpace, OverQuota, Io; Corrupt, which is `Damaged`. An
    /// exception of the function's own undoes the changes and goes on. While a Read
    /// is alive: `std::logic_error`.
    template <class Change>
    auto write(Change&& change)
    {
        using Given = std::invoke_result_t<Change&, Write&>;
        if constexpr (std::is_void_v<Given>) {
            return transact([&](Write& write) {
                change(write);
                return true;
            });
        } else {
            std::optional<Given> given;
            const base::Status done = transact([&](Write& write) {
                given.emplace(change(write));
                return given->has_value();
            });
            return done ? std::move(*given) : Given(done.error());
        }
    }

private:
    explicit Index(std::unique_ptr<Environment> environment);
    /// Commits if `change` gives true.
    base::Status transact(const std::function<bool(Write&)>& change);

    std::unique_ptr<Environment> environment_;
};

} // namespace indexing
