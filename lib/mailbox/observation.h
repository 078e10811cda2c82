// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "mailbox/store.h"
#include "watch/watcher.h"

namespace mailbox {

/// Hears of changes in many folders at once, and in the tree of folders: for NOTIFY
/// (RFC 5465). It says where to look; what is different there its owner finds out by
/// comparing with what he knew (R21, R25).
///
/// Where there is no inotify, every `take` names everything that is observed.
class Observation {
public:
    /// More folders are not observed: inotify's watches are counted per user, and
    /// each folder needs three.
    static constexpr std::size_t max_folders = 2000;

    /// `store` must outlive it.
    explicit Observation(Store& store);
    ~Observation();
    Observation(const Observation&) = delete;
    Observation& operator=(const Observation&) = delete;

    /// From now on these folders are observed, and no others; one that was removed and
    /// made again is another one, so call it anew when the tree has changed. Folders
    /// that do not exist are passed over. Errors: Limit if there are too many, or no
    /// watch is left for this user.
    base::Status observe(const std::set<std::string>& folders);

    /// All folders, as `Store::list`, but never as they are in the midst of a change:
    /// waits for whoever renames a folder with those below it.
    base::Result<std::vector<std::string>> folders() const;

    /// Which directory each observed folder is: what it was renamed from shows by that.
    struct Identity {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        /// File systems give an inode's number to the next directory that is made.
        std::int64_t born_ns = 0;
        bool operator==(const Identity&) const = default;
    };
    using Identities = std::map<std::string, Identity>;
    Identities identities() const;

    /// Where something has happened since the last call.
    struct News {
        std::set<std::string> messages;    ///< folders: in new/ or cur/
        std::set<std::string> annotations; ///< folders
        bool tree = false;                 ///< a folder came, went or was renamed
        bool subscriptions = false;
        bool server_annotations = false;
        bool is_empty() const
        {
            return messages.empty() && annotations.empty() && !tree && !subscriptions &&
                   !server_annotations;
        }
    };
    News take();
    /// Whether `take` would give something at once.
    bool has_news() const { return !news_.is_empty(); }

private:
    friend class Store;

    struct Observed {
        Identity identity;
        std::optional<watch::Token> messages;
        std::optional<watch::Token> directory;
        bool is_gone = false; ///< the kernel has said so: to be watched anew
    };
    enum class What { Messages, Directory, Root };
    struct Meaning {
        What what = What::Root;
        std::string folder;
    };

    void hear(const watch::Event& event);
    void hear_everything();
    void hear_root(const std::string& name);
    base::Status add(const std::string& name);
    void forget(const Observed& observed);

    Store* store_;
    std::map<std::string, Observed> folders_;
    std::map<watch::Token, Meaning> meanings_;
    bool is_root_watched_ = false;
    News news_;
};

} // namespace mailbox
