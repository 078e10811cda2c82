// SPDX-License-Identifier: ISC
/// \file
/// STATUS. RFC 9051 §6.3.11. Looks at the folder on disk, and moves nothing there
/// (R24).

#include "commands/commands.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "imap/syntax_error.h"
#include "mailbox/store.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
namespace {

struct Arguments {
    std::string mailbox;
    std::vector<std::string> items; ///< in capitals, as asked for
};

/// status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"
Arguments parse(imap::Parser& in)
{
    static constexpr std::string_view known[] = {"MESSAGES", "RECENT", "UIDNEXT",
                                                 "UIDVALIDITY", "UNSEEN"};
    Arguments args;
    in.space("the mailbox name");
    args.mailbox = in.mailbox();
    in.space("the items");
    in.expect("(");
    do {
        if (!args.items.empty())
            in.space();
        std::string item = in.command_word();
        if (std::find(std::begin(known), std::end(known), item) == std::end(known))
            throw imap::SyntaxError("Unknown STATUS item " + item);
        if (std::find(args.items.begin(), args.items.end(), item) == args.items.end())
            args.items.push_back(std::move(item));
    } while (!in.accept(")"));
    in.end();
    return args;
}

std::uint64_t value_of(const std::string& item, const mailbox::Counters& counters)
{
    if (item == "MESSAGES")
        return counters.messages;
    if (item == "RECENT")
        return counters.recent;
    if (item == "UIDNEXT")
        return counters.uid_next;
    if (item == "UIDVALIDITY")
        return counters.uid_validity;
    return counters.unseen;
}

} // namespace

Reply status(Session& session, Request& request)
{
    const Arguments args = parse(request.args);
    const auto folder = session.names().folder(args.mailbox);
    if (!folder)
        return Reply::from(folder.error());
    const auto counters = session.store().counters(*folder);
    if (!counters && counters.error().code == base::Errc::NotFound)
        return Reply::no("There is no such mailbox").code("NONEXISTENT");
    if (!counters)
        return Reply::from(counters.error());

    auto& out = session.writer().begin().raw("STATUS ");
    out.mailbox(session.names().wire(*folder)).raw(" (");
    bool is_first = true;
    for (const std::string& item : args.items) {
        out.raw(is_first ? "" : " ")
            .raw(item)
            .space()
            .number(value_of(item, *counters));
        is_first = false;
    }
    out.raw(")").end();
    return Reply::ok("STATUS completed");
}

} // namespace imapd
