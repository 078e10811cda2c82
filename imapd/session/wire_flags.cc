// SPDX-License-Identifier: ISC
#include "session/wire_flags.h"

#include <utility>

#include "imap/writer.h"

namespace imapd {
namespace {

/// Maildir's letters in the order of their bits: D F P R S T. P has no flag in IMAP.
constexpr std::pair<std::uint8_t, imap::SystemFlag> pairs[] = {
    {1, imap::SystemFlag::Draft},    {2, imap::SystemFlag::Flagged},
    {8, imap::SystemFlag::Answered}, {16, imap::SystemFlag::Seen},
    {32, imap::SystemFlag::Deleted},
};

} // namespace

imap::Flags wire_flags(const mailbox::Flags& flags,
                       const std::vector<std::string>& keywords, bool is_recent)
{
    imap::Flags wire;
    for (const auto& [bit, flag] : pairs) {
        if ((flags.system & bit) != 0)
            wire.set(flag);
    }
    for (std::size_t bit = 0; bit < keywords.size(); ++bit) {
        if ((flags.keywords >> bit & 1) != 0 && imap::is_atom(keywords[bit]))
            wire.keywords.push_back(keywords[bit]);
    }
    if (is_recent)
        wire.set(imap::SystemFlag::Recent);
    return wire;
}

std::string flag_list(const std::vector<std::string>& keywords, std::string_view more)
{
    std::string list = "(\\Answered \\Flagged \\Deleted \\Seen \\Draft";
    for (const std::string& keyword : keywords) {
        if (imap::is_atom(keyword))
            list += " " + keyword;
    }
    return list.append(more) + ")";
}

std::uint8_t kept_flags(const imap::Flags& flags)
{
    std::uint8_t kept = 0;
    for (const auto& [bit, flag] : pairs) {
        if (flags.has(flag))
            kept = static_cast<std::uint8_t>(kept | bit);
    }
    return kept;
}

} // namespace imapd
