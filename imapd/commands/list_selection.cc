// SPDX-License-Identifier: ISC
#include "commands/list_selection.h"

#include <map>
#include <string_view>

namespace imapd {
namespace {

bool meets(const Level& level, const ListArguments::Selection& selection)
{
    if (selection.subscribed && !level.is_subscribed)
        return false;
    if (selection.special_use && level.uses.empty())
        return false;
    return level.exists || selection.subscribed; // §3.1: one may be gone
}

/// What is below a level.
struct Below {
    bool meets = false;
    bool meets_unmatched = false; ///< and does not match a pattern
};

} // namespace

std::vector<Listed> select_levels(const Levels& levels, const ListArguments& args,
                                  char separator)
{
    const ListPatterns patterns(args.reference, args.patterns, separator);
    std::map<std::string_view, Below> below;
    std::map<std::string_view, bool> matches;
    for (const auto& [name, level] : levels) {
        const bool is_match = patterns.match(name);
        matches[name] = is_match;
        if (!meets(level, args.selection))
            continue;
        for_each_above(name, separator, [&](std::string_view above) {
            Below& entry = below[levels.find(std::string(above))->first];
            entry.meets = true;
            entry.meets_unmatched |= !is_match;
        });
    }

    const auto& selection = args.selection;
    const bool selects = selection.subscribed || selection.special_use;
    std::vector<Listed> listed;
    for (const auto& entry : levels) {
        if (!matches[entry.first])
            continue;
        const Below children = below[entry.first];
        const bool meets_criteria = meets(entry.second, selection);
        const bool shows_way =
            children.meets_unmatched && (selection.recursive_match || !selects);
        if (meets_criteria || shows_way)
            listed.push_back({&entry, meets_criteria, children.meets});
    }
    return listed;
}

} // namespace imapd
