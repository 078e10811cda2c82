// SPDX-License-Identifier: ISC
/// \file
/// Hears of changes in folders, with inotify(7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace watch {

/// A watched folder. Never given twice by one Watcher.
enum class Token : std::uint32_t {};

/// Which of a folder's directories; Other is one that was added for itself.
enum class Place { New, Cur, Other };

enum class Kind {
    Created,  ///< a name came up: link(2), open(2) with O_CREAT, mkdir(2)
    MovedIn,  ///< by rename(2)
    MovedOut, ///< by rename(2)
    Deleted,  ///< unlink(2)
    Closed,   ///< a file in `new/` that was open for writing has been closed
    SelfGone, ///< the directory itself was removed, moved or unmounted; no name
};

struct Event {
    Token token;
    Place place;
    Kind kind;
    std::string name; ///< the file's name in that directory
};

/// What has happened since the last look. A hint, not a truth: look at the disk.
struct Events {
    bool overflow = false; ///< some were lost: look at everything
    std::vector<Event> events;
};

/// Watches the `new/` and `cur/` of any number of folders.
///
/// Delivery by link(2) gives Created only, delivery by rename(2) MovedIn only; a
/// flag change is MovedOut and MovedIn, and other events can come between the two.
/// A Created in `new/` that is not a link may still be being written: wait for its
/// Closed. Events come in the order in which things happened.
///
/// A watch follows the directory, not the path: of a folder that was renamed it
/// goes on telling, and no event says that it was. The kernel reports SelfGone for a
/// directory that somebody still holds open only when that is closed; a caller with
/// descriptors of its own sees from `st_nlink` == 0 that they are of nothing.
///
/// The instance is the process's own. Instances are counted per uid; where there is
/// none left, `open` says so, and the caller looks at the directories' times instead.
class Watcher {
public:
    /// How many events one `drain` gives at most; the rest stay in the kernel and keep
    /// `fd` readable.
    static constexpr std::size_t max_events = 4096;

    /// Errors: Limit if this user has no instance or descriptor left (EMFILE, ENFILE,
    /// ENOMEM); Unsupported without inotify. With either, polling is what remains.
    static base::Result<Watcher> open();

    /// Watches a folder by descriptors of its two directories (O_PATH will do), which
    /// may be closed afterwards. Adding a folder again gives a token of its own, and
    /// events come for both.
    ///
    /// Errors: Limit if this user has no watch left (ENOSPC, ENOMEM); Unsupported if
    /// /proc is not mounted, which is where inotify gets at a descriptor; NotFound if
    /// a directory is gone; NoPermission if it may not be read.
    base::Result<Token> add(int new_fd, int cur_fd);
    /// Watches one directory that holds no messages, a Maildir's root or a folder's
    /// own: names that come, go and are replaced. Errors as above.
    base::Result<Token> add_directory(int fd);
    /// Forgets a folder or directory. What has happened in it and was not drained is
    /// dropped.
    void remove(Token token);

    /// Readable when there is something to drain. It never changes.
    int fd() const { return inotify_.get(); }

    /// All that has happened since the last call, up to about `max_events`. Never
    /// waits.
    Events drain();

private:
    struct Watch {
        Token token;
        Place place;
        bool is_gone = false; ///< SelfGone was told
    };
    /// Room for some 250 events with names as long as mail's at a time.
    static constexpr std::size_t read_octets = 32768;

    explicit Watcher(base::UniqueFd inotify) : inotify_(std::move(inotify)) {}
    base::Status watch(int fd, Watch watch);
    void take(std::string_view bytes, Events& into);
    void tell(int descriptor, std::uint32_t mask, std::string_view name, Events& into);

    base::UniqueFd inotify_;
    std::uint32_t last_token_ = 0;
    /// By inotify's watch descriptor. One directory has one, however often it is
    /// added.
    std::map<int, std::vector<Watch>> watches_;
};

} // namespace watch
