// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
#include <map>

#include <optional>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "commands/levels.h"
#include "mailbox/observation.h"
#include "mailbox/store.h"
#include "session/notify_spec.h"

namespace imapd {

/// Tells a client what happens in mailboxes that it has not selected. RFC 5465.
///
/// As with the selected mailbox (session/view.h), nothing is queued (R25): the
/// observation says where to look, and what is told is the difference between what is
/// there and what the client was told before. So a mailbox that was made and removed
/// meanwhile is in neither, and a hundred deliveries into one mailbox are one STATUS.
class Notifier {
public:
    /// Whether a difference is written, or counts as told because the client made it
    /// itself (RFC 5465 §5: it should not be told then). What the client has put into a
    /// mailbox, the session knows (`Session::is_own_change_of`).
    enum class Telling { Aloud, TreeSilent };

    /// `session` must outlive it.
    Notifier(Session& session, NotifySpec spec);
    ~Notifier();

    /// Begins to observe; what is there now counts as told. Limit if that is too much.
    base::Status begin();
    /// STATUS of all mailboxes whose messages the client wants to hear of. §3.1
    void tell_all_status();
    /// What has changed since. Limit: it has become too much, and the client is to be
    /// told so (§5.8).
    base::Status tell(Telling telling);

    const std::optional<NotifySelected>& selected() const { return spec_.selected; }
    /// Whether `tell` has to be called though nothing more is heard.
    bool has_news() const { return observation_.has_news(); }
    /// When to call `tell` though nothing may be heard till then. Steady clock, µs.
    std::optional<std::int64_t> look_again_at() const { return look_again_at_; }

private:
    /// What the client was told of one mailbox.
    struct Told {
        std::optional<mailbox::Counters> counters;
        mailbox::Annotations annotations;
    };

    NotifyEvents events_of(const std::string& folder, const Level* level) const;
    base::Result<Levels> look_at_tree();
    base::Status observe();
    void take_in(const std::string& folder);
    base::Status tell_tree(Telling telling);
    /// By folder, what it was called before.
    using Renamed = std::map<std::string, std::string>;
    std::set<std::string> affected(const Levels& before, const Renamed& renamed) const;
    bool wants(const std::string& name, bool NotifyEvents::*event) const;
    bool is_of_renaming(const std::string& name, const Renamed& renamed) const;
    void tell_level(const std::string& name, const Level& level,
                    const std::string& old_name);
    void tell_messages(const std::string& folder);
    void tell_annotations(const std::string& folder, Telling telling);
    void tell_server_annotations(Telling telling);
    const Level* level_of(const std::string& folder) const;

    Session* session_;
    NotifySpec spec_;
    mailbox::Observation observation_;
    Levels levels_;
    std::map<std::string, Told> told_; ///< by folder
    mailbox::Annotations server_annotations_;
    std::optional<std::int64_t> look_again_at_;
};

} // namespace imapd
