// SPDX-License-Identifier: ISC
#include "commands/table.h"

#include <algorithm>

#include "commands/commands.h"

namespace imapd {
namespace {

constexpr auto any = Command::State::Authenticated;
constexpr auto selected = Command::State::Selected;
constexpr auto told = Expunges::Told;
constexpr auto withheld = Expunges::Withheld; // RFC 9051 §7.5.1
constexpr auto no_uid = Command::Uid::No;
constexpr auto uid_too = Command::Uid::Also;

/// In the order of the words.
constexpr Command table[] = {
    {"APPEND", any, told, no_uid, append},
    {"CAPABILITY", any, told, no_uid, capability},
    {"CHECK", selected, told, no_uid, check},
    {"CLOSE", selected, told, no_uid, close},
    {"COMPRESS", any, told, no_uid, compress},
    {"COPY", selected, told, uid_too, copy},
    {"CREATE", any, told, no_uid, create},
    {"DELETE", any, told, no_uid, delete_mailbox},
    {"ENABLE", any, told, no_uid, enable},
    {"EXAMINE", any, told, no_uid, examine},
    {"EXPUNGE", selected, told, uid_too, expunge},
    {"FETCH", selected, withheld, uid_too, fetch},
    {"GETMETADATA", any, told, no_uid, getmetadata},
    {"GETQUOTA", any, told, no_uid, getquota},
    {"GETQUOTAROOT", any, told, no_uid, getquotaroot},
    {"ID", any, told, no_uid, id},
    {"IDLE", any, told, no_uid, idle},
    {"LIST", any, told, no_uid, list},
    {"LOGOUT", any, told, no_uid, logout},
    {"LSUB", any, told, no_uid, lsub},
    {"MOVE", selected, told, uid_too, move},
    {"NAMESPACE", any, told, no_uid, namespaces},
    {"NOOP", any, told, no_uid, noop},
    {"NOTIFY", any, told, no_uid, notify},
    {"RENAME", any, told, no_uid, rename_mailbox},
    {"REPLACE", selected, told, uid_too, replace},
    {"SEARCH", selected, withheld, uid_too, search},
    {"SELECT", any, told, no_uid, select},
    {"SETMETADATA", any, told, no_uid, setmetadata},
    {"SETQUOTA", any, told, no_uid, setquota},
    {"STATUS", any, told, no_uid, status},
    {"STORE", selected, withheld, uid_too, store},
    {"SUBSCRIBE", any, told, no_uid, subscribe},
    {"UNSELECT", selected, told, no_uid, unselect},
    {"UNSUBSCRIBE", any, told, no_uid, unsubscribe},
#if defined(AVOCET_INTRUDER)
    {"XINTRUDE", any, told, no_uid, intrude},
#endif
};

} // namespace

const Command* find_command(std::string_view word)
{
    const auto at = std::lower_bound(
        std::begin(table), std::end(table), word,
        [](const Command& command, std::string_view w) { return command.word < w; });
    return at != std::end(table) && at->word == word ? at : nullptr;
}

} // namespace imapd
