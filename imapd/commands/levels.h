// SPDX-License-Identifier: ISC
/// \file
/// Mailbox names as LIST and LSUB see them: a tree of levels, not all of which are
/// mailboxes.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "imap/list_pattern.h"
#include "imap/mailbox_name.h"
#include "mailbox/special_folders.h"
#include "session/names.h"
#include "session/reply.h"
#include "session/session.h"

namespace imapd {

/// One level of the hierarchy: a mailbox, a name that is subscribed to, or what there
/// is only because there is something below it.
struct Level {
    std::string folder; ///< the store's name, if it exists or is subscribed to
    bool exists = false;
    bool is_subscribed = false;
    bool has_children = false; ///< a mailbox that exists is below it
    std::vector<mailbox::SpecialUse> uses;
};

/// By the name on the wire, in the order of octets.
using Levels = std::map<std::string, Level>;

/// All names that there are in folders and subscriptions, with the levels above them.
Levels levels_of(const Names& names, const std::vector<std::string>& folders,
                 const std::vector<std::string>& subscriptions,
                 const mailbox::FolderUses& uses);

/// The name under which a level is kept. INBOX is that however it is written (RFC 9051
/// §5.1), which matters for the folder `.inbox.A` of another program: its parent is no
/// level `inbox`.
inline std::string_view level_name(std::string_view name)
{
    return imap::is_inbox(name) ? std::string_view("INBOX") : name;
}

/// Calls `see(level's name)` for each level above `name`, the nearest first. INBOX has
/// none above it.
template <class See>
void for_each_above(std::string_view name, char separator, See see)
{
    for (auto end = name.rfind(separator); end != std::string_view::npos && end > 0;
         end = name.rfind(separator, end - 1))
        see(level_name(name.substr(0, end)));
}

/// The patterns of one command.
class ListPatterns {
public:
    ListPatterns(std::string_view reference, const std::vector<std::string>& patterns,
                 char separator);
    bool match(std::string_view name) const;

private:
    std::vector<imap::ListPattern> patterns_;
};

/// Writes one LIST or LSUB response; `extended` is mbox-list-extended, or empty.
void write_level(Session& session, std::string_view response,
                 std::string_view attributes, std::string_view name,
                 std::string_view extended = {});

/// The answer to an empty pattern, which asks for the separator. RFC 9051 §6.3.9.
Reply tell_separator(Session& session, std::string_view response);

} // namespace imapd
