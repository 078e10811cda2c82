// SPDX-License-Identifier: ISC
#include "imap/flags.h"

#include <algorithm>

#include "text/ascii.h"

namespace imap {
namespace {

constexpr SystemFlag all_flags[] = {SystemFlag::Answered, SystemFlag::Flagged,
                                    SystemFlag::Deleted,  SystemFlag::Seen,
                                    SystemFlag::Draft,    SystemFlag::Recent};

} // namespace

bool Flags::has_keyword(std::string_view name) const
{
    return std::any_of(keywords.begin(), keywords.end(), [&](const std::string& known) {
        return text::equal_ignoring_case(known, name);
    });
}

bool Flags::add_keyword(std::string_view name)
{
    if (name.size() > max_keyword_length)
        return false;
    if (has_keyword(name))
        return true;
    if (keywords.size() == max_keywords)
        return false;
    keywords.emplace_back(name);
    return true;
}

std::string Flags::to_text() const
{
    std::string text = "(";
    const auto add = [&](std::string_view name) {
        if (text.size() > 1)
            text += ' ';
        text += name;
    };
    for (const SystemFlag flag : all_flags) {
        if (has(flag))
            add(name_of(flag));
    }
    for (const std::string& keyword : keywords)
        add(keyword);
    return text + ')';
}

std::string_view name_of(SystemFlag flag)
{
    switch (flag) {
    case SystemFlag::Answered:
        return "\\Answered";
    case SystemFlag::Flagged:
        return "\\Flagged";
    case SystemFlag::Deleted:
        return "\\Deleted";
    case SystemFlag::Seen:
        return "\\Seen";
    case SystemFlag::Draft:
        return "\\Draft";
    case SystemFlag::Recent:
        break;
    }
    return "\\Recent";
}

} // namespace imap
