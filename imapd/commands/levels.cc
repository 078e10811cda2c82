// SPDX-License-Identifier: ISC
#include "commands/levels.h"

#include <algorithm>

namespace imapd {

Levels levels_of(const Names& names, const std::vector<std::string>& folders,
                 const std::vector<std::string>& subscriptions,
                 const mailbox::FolderUses& uses)
{
    Levels levels;
    const auto add = [&](const std::string& folder) -> Level& {
        const std::string name = names.wire(folder);
        for_each_above(name, names.separator(), [&](std::string_view above) {
            levels.try_emplace(std::string(above));
        });
        Level& level = levels[std::string(level_name(name))];
        if (!level.exists)
            level.folder = folder;
        return level;
    };
    for (const std::string& folder : folders) {
        if (!folder.empty() && imap::is_inbox(folder))
            continue; // `.INBOX`: no name leads there, INBOX being the Maildir itself
        Level& level = add(folder);
        level.exists = true;
        if (const auto found = uses.find(folder); found != uses.end())
            level.uses = found->second;
        for_each_above(names.wire(folder), names.separator(),
                       [&](std::string_view above) {
                           levels.find(std::string(above))->second.has_children = true;
                       });
    }
    for (const std::string& folder : subscriptions)
        add(folder).is_subscribed = true;
    return levels;
}

ListPatterns::ListPatterns(std::string_view reference,
                           const std::vector<std::string>& patterns, char separator)
{
    for (const std::string& pattern : patterns) {
        if (!pattern.empty()) // RFC 5258 §3: an empty one is ignored
            patterns_.emplace_back(std::string(reference) + pattern, separator);
    }
}

bool ListPatterns::match(std::string_view name) const
{
    return std::any_of(
        patterns_.begin(), patterns_.end(),
        [name](const imap::ListPattern& pattern) { return pattern.matches(name); });
}

void write_level(Session& session, std::string_view response,
                 std::string_view attributes, std::string_view name,
                 std::string_view extended)
{
    auto& out = session.writer().begin().raw(response);
    out.raw(" (").raw(attributes).raw(") \"");
    out.raw(std::string(1, session.names().separator())).raw("\" ");
    out.mailbox(name);
    if (!extended.empty())
        out.space().raw(extended);
    out.end();
}

Reply tell_separator(Session& session, std::string_view response)
{
    auto& out = session.writer().begin().raw(response).raw(" (\\Noselect) \"");
    out.raw(std::string(1, session.names().separator())).raw("\" \"\"").end();
    return Reply::ok(std::string(response) + " completed");
}

} // namespace imapd
