// SPDX-License-Identifier: ISC
/// \file
/// SETMETADATA. RFC 5464 §4.3; /private/specialuse of RFC 6154 §4.

#include "commands/commands.h"

#include <algorithm>
#include <string>
#include <vector>

#include "commands/metadata.h"
#include "session/request.h"
#include "session/session.h"
#include "text/ascii.h"

namespace imapd {
namespace {

using maildir::Metadata;

struct Arguments {
    std::string mailbox;
    std::vector<Annotation> changes;
};

/// value = nstring / literal8
std::optional<std::string> parse_value(imap::Parser& in)
{
    if (in.sees("~{"))
        return std::string(in.literal());
    return in.nstring();
}

/// setmetadata = "SETMETADATA" SP mailbox SP entry-values
Arguments parse(imap::Parser& in)
{
    Arguments args;
    in.space("the mailbox name");
    args.mailbox = in.mailbox();
    in.space("the entries");
    in.expect("(");
    do {
        std::string name = entry_name(in);
        in.space("the value");
        args.changes.emplace_back(std::move(name), parse_value(in));
    } while (in.accept(" "));
    in.expect(")");
    in.end();
    return args;
}

/// The uses that the value of /private/specialuse names; nothing if it is none.
std::optional<std::vector<mailbox::SpecialUse>>
parse_uses(const std::optional<std::string>& value)
{
    std::vector<mailbox::SpecialUse> uses;
    std::string_view rest = value ? std::string_view(*value) : std::string_view();
    while (!rest.empty()) {
        const std::string_view word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
        const auto use = mailbox::special_use_of(word);
        if (!use)
            return std::nullopt;
        uses.push_back(*use);
    }
    return uses;
}

bool is(const Annotation& change, std::string_view name)
{
    return text::equal_ignoring_case(change.first, name);
}

} // namespace

Reply setmetadata(Session& session, Request& request)
{
    Arguments args = parse(request.args);
    const auto target = annotated(session, args.mailbox);
    if (!target)
        return Reply::from(target.error());

    std::optional<std::vector<mailbox::SpecialUse>> uses;
    for (const Annotation& change : args.changes) {
        if (change.second && change.second->size() > Metadata::max_value)
            return Reply::no("The value is too large")
                .code("METADATA", "MAXSIZE " + std::to_string(Metadata::max_value));
        if (target->is_server() && is(change, admin_entry))
            return Reply::no("This entry cannot be changed").code("NOPERM");
        if (target->is_server() || !is(change, special_use_entry))
            continue;
        uses = parse_uses(change.second);
        if (!uses) // RFC 6154 §4: checked as with CREATE
            return Reply::no("No such special use").code("USEATTR");
        if (target->folder.empty() && !uses->empty())
            return Reply::no("INBOX has no special use").code("USEATTR");
    }
    if (!target->is_server())
        std::erase_if(args.changes,
                      [](const Annotation& one) { return is(one, special_use_entry); });

    auto& store = session.store();
    base::Status done = target->is_server()
                            ? store.annotate_server(args.changes)
                            : store.annotate(target->folder, args.changes);
    if (!done && done.error().code == base::Errc::Limit)
        return Reply::no("There are too many annotations").code("METADATA", "TOOMANY");
    if (done && uses)
        done = store.set_special_uses(target->folder, *uses);
    if (!done)
        return Reply::from(done.error());
    return Reply::ok("SETMETADATA completed");
}

} // namespace imapd
