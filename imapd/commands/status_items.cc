// SPDX-License-Identifier: ISC
#include "commands/status_items.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "imap/syntax_error.h"
#include "session/object_id.h"

namespace imapd {
namespace {

using mailbox::Counters;

/// An item that is a number.
struct Number {
    std::string_view name;
    std::uint64_t (*value)(const Counters&);
};

constexpr Number numbers[] = {
    // RFC 9051 §6.3.11, RFC 3501 §6.3.10
    {"MESSAGES", [](const Counters& c) -> std::uint64_t { return c.messages; }},
    {"RECENT", [](const Counters& c) -> std::uint64_t { return c.recent; }},
    {"UIDNEXT", [](const Counters& c) -> std::uint64_t { return c.uid_next; }},
    {"UIDVALIDITY", [](const Counters& c) -> std::uint64_t { return c.uid_validity; }},
    {"UNSEEN", [](const Counters& c) -> std::uint64_t { return c.unseen; }},
    {"DELETED", [](const Counters& c) -> std::uint64_t { return c.deleted; }},
    {"SIZE", [](const Counters& c) -> std::uint64_t { return c.wire_octets; }},
    // RFC 9208 §4.1.4
    {"DELETED-STORAGE",
     [](const Counters& c) -> std::uint64_t { return c.deleted_octets; }},
    // RFC 7162 §3.1.7
    {"HIGHESTMODSEQ",
     [](const Counters& c) -> std::uint64_t { return c.highest_mod_sequence; }},
};

constexpr std::string_view mailbox_id = "MAILBOXID";     // RFC 8474 §4.3
constexpr std::string_view append_limit = "APPENDLIMIT"; // RFC 7889 §4

const Number* find_number(std::string_view item)
{
    const auto* const at =
        std::find_if(std::begin(numbers), std::end(numbers),
                     [item](const Number& number) { return number.name == item; });
    return at == std::end(numbers) ? nullptr : at;
}

bool asks_for(const StatusItems& items, std::string_view item)
{
    return std::find(items.begin(), items.end(), item) != items.end();
}

} // namespace

StatusItems parse_status_items(imap::Parser& in)
{
    StatusItems items;
    in.expect("(");
    do {
        if (!items.empty())
            in.space();
        std::string item = in.command_word();
        if (!find_number(item) && item != mailbox_id && item != append_limit)
            throw imap::SyntaxError("Unknown STATUS item " + item);
        if (!asks_for(items, item))
            items.push_back(std::move(item));
    } while (!in.accept(")"));
    return items;
}

base::Result<Counters> status_of(Session& session, const std::string& folder,
                                 const StatusItems& items)
{
    if (asks_for(items, "HIGHESTMODSEQ"))
        session.enable(Extension::Condstore); // RFC 7162 §3.1: asking for it enables it
    const auto sizes = asks_for(items, "SIZE") ? mailbox::Store::Sizes::OnTheWire
                                               : mailbox::Store::Sizes::NotAsked;
    return session.store().counters(folder, sizes);
}

void write_status(Session& session, const std::string& folder, const StatusItems& items,
                  const Counters& counters)
{
    auto& out = session.writer().begin().raw("STATUS ");
    out.mailbox(session.names().wire(folder)).raw(" (");
    bool is_first = true;
    for (const std::string& item : items) {
        out.raw(is_first ? "" : " ").raw(item).space();
        is_first = false;
        if (item == mailbox_id)
            out.raw("(" + object_id(counters.guid) + ")");
        else if (item == append_limit)
            out.number(session.settings().limits.literal);
        else
            out.number(find_number(item)->value(counters));
    }
    out.raw(")").end();
}

} // namespace imapd
