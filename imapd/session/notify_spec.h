// SPDX-License-Identifier: ISC
/// \file
/// What a client wants to hear of, as NOTIFY SET says it. RFC 5465 §5, §6.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fetch/items.h"

namespace imapd {

/// MessageNew and MessageExpunge come together or not at all (§5), hence one name.
struct NotifyEvents {
    bool messages = false;
    bool flags = false;
    bool mailbox_names = false;
    bool subscriptions = false;
    bool annotations = false;
    bool server_annotations = false;
};

/// The events of some mailboxes that are not selected.
struct NotifyGroup {
    enum class Filter {
        Personal, ///< also Inboxes: mail can be delivered into every folder (§6.3)
        Subscribed,
        Subtree,
        Mailboxes,
    };
    Filter filter = Filter::Personal;
    std::vector<std::string> folders; ///< of Subtree and Mailboxes, as on disk
    NotifyEvents events;
};

/// The events of the selected mailbox, whichever it is.
struct NotifySelected {
    enum class Expunges { Immediate, Delayed } expunges = Expunges::Immediate;
    bool messages = false;
    bool flags = false;
    Items new_messages; ///< what to fetch of them; may be empty
};

/// All of it; NONE is the empty one.
struct NotifySpec {
    std::optional<NotifySelected> selected;
    std::vector<NotifyGroup> groups;
};

} // namespace imapd
