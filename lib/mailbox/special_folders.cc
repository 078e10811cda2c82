// SPDX-License-Identifier: ISC
#include "mailbox/special_folders.h"

#include <algorithm>
#include <optional>

#include "text/fold.h"
#include "text/utf7.h"

namespace mailbox {
namespace {

/// Courier and some clients keep all folders below INBOX.
constexpr std::string_view below_inbox = "INBOX.";

/// The folders that can have a usual name, by that name as it compares: those of the
/// first level, or below INBOX.
std::map<std::string, std::string> by_folded_name(const std::vector<std::string>& all)
{
    std::map<std::string, std::string> names;
    for (const std::string& folder : all) {
        std::string_view name = folder;
        if (name.starts_with(below_inbox))
            name.remove_prefix(below_inbox.size());
        if (name.empty() || name.find('.') != std::string_view::npos)
            continue;
        if (const auto utf8 = text::utf7_decode(name))
            names.emplace(text::fold(*utf8), folder);
    }
    return names;
}

/// The folder with the most usual of the names, if there is one.
std::optional<std::string>
usual_folder(SpecialUse use, const std::map<std::string, std::string>& by_name)
{
    for (const std::string_view name : usual_names(use)) {
        if (const auto found = by_name.find(text::fold(name)); found != by_name.end())
            return found->second;
    }
    return std::nullopt;
}

} // namespace

FolderUses uses_of(const std::vector<std::string>& folders,
                   const maildir::SpecialUseFile& assigned,
                   const std::vector<DefaultFolder>& defaults)
{
    const auto is_there = [&](const std::string& folder) {
        return std::find(folders.begin(), folders.end(), folder) != folders.end();
    };
    FolderUses uses;
    std::optional<std::map<std::string, std::string>> by_name;
    for (const SpecialUse use : maildir::special_uses) {
        const auto given = assigned.folders().find(use);
        if (given != assigned.folders().end() && is_there(given->second)) {
            uses[given->second].push_back(use);
            continue;
        }
        const auto wanted =
            std::find_if(defaults.begin(), defaults.end(),
                         [use](const DefaultFolder& d) { return d.use == use; });
        if (wanted == defaults.end() || wanted->folder.empty())
            continue;
        if (is_there(wanted->folder)) {
            uses[wanted->folder].push_back(use);
            continue;
        }
        if (!by_name)
            by_name = by_folded_name(folders);
        if (const auto usual = usual_folder(use, *by_name))
            uses[*usual].push_back(use);
    }
    return uses;
}

} // namespace mailbox
