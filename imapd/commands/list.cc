// SPDX-License-Identifier: ISC
/// \file
/// LIST. RFC 9051 §6.3.9, RFC 3501 §6.3.8, RFC 5258; RFC 5819 for STATUS, RFC 6154 for
/// special uses, RFC 3348 for children.
///
/// A folder `A.B` may exist without `A`: `A` is then a level of the hierarchy that
/// holds no mail. It is \NonExistent, and to a client that may not know the word
/// \Noselect. list_arguments.cc has the grammar, list_selection.cc which names are
/// listed.

#include "commands/commands.h"

#include <optional>
#include <string>

#include "commands/levels.h"
#include "commands/list_arguments.h"
#include "commands/list_selection.h"
#include "commands/status_items.h"
#include "session/request.h"

namespace imapd {
namespace {

/// The attributes of a response, one after the other.
class Attributes {
public:
    void add(std::string_view attribute)
    {
        text_ += (text_.empty() ? "" : " ");
        text_ += attribute;
    }
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

std::string attributes(const Session& session, const ListArguments& args,
                       const Listed& listed)
{
    const Level& level = listed.level->second;
    Attributes attributes;
    if (!level.exists)
        attributes.add(args.is_extended || session.is_enabled(Extension::Imap4rev2)
                           ? "\\NonExistent"
                           : "\\Noselect");
    // RFC 3348 has them in every plain response; RFC 5258 §3.5 where a level is shown
    // for what is below it, and CHILDINFO may not say so.
    const bool shows_way = !listed.meets_criteria && !args.selection.recursive_match;
    if (!args.is_extended || args.wanted.children || shows_way)
        attributes.add(level.has_children ? "\\HasChildren" : "\\HasNoChildren");
    if (args.wanted.subscribed && level.is_subscribed)
        attributes.add("\\Subscribed");
    if (!args.is_extended || args.wanted.special_use) {
        for (const mailbox::SpecialUse use : level.uses)
            attributes.add(attribute_of(use));
    }
    return attributes.text();
}

/// mbox-list-extended. RFC 5258 §3.5
std::string child_info(const ListArguments& args, const Listed& listed)
{
    if (!args.selection.recursive_match || !listed.has_child_that_meets)
        return {};
    std::string criteria = args.selection.subscribed ? "\"SUBSCRIBED\"" : "";
    if (args.selection.special_use)
        criteria += criteria.empty() ? "\"SPECIAL-USE\"" : " \"SPECIAL-USE\"";
    return "(\"CHILDINFO\" (" + criteria + "))";
}

void write(Session& session, const ListArguments& args, const Listed& listed)
{
    const auto& [name, level] = *listed.level;
    std::string text = attributes(session, args, listed);
    std::optional<mailbox::Counters> counters;
    if (!args.wanted.status.empty() && level.exists && listed.meets_criteria) {
        const auto found = status_of(session, level.folder, args.wanted.status);
        if (found)
            counters = *found;
        else // RFC 5819 §2: then the LIST response has to say so
            text += text.empty() ? "\\Noselect" : " \\Noselect";
    }
    write_level(session, "LIST", text, name, child_info(args, listed));
    if (counters)
        write_status(session, level.folder, args.wanted.status, *counters);
}

} // namespace

Reply list(Session& session, Request& request)
{
    const ListArguments args = parse_list(request.args);
    if (!args.is_extended && args.patterns.front().empty())
        return tell_separator(session, "LIST");

    const auto folders = session.store().list();
    if (!folders)
        return Reply::from(folders.error());
    const auto uses = session.store().special_uses(*folders);
    if (!uses)
        return Reply::from(uses.error());
    std::vector<std::string> subscribed;
    if (args.wanted.subscribed) {
        auto found = session.store().subscriptions();
        if (!found)
            return Reply::from(found.error());
        subscribed = std::move(*found);
    }
    const Levels levels = levels_of(session.names(), *folders, subscribed, *uses);
    for (const Listed& listed :
         select_levels(levels, args, session.names().separator()))
        write(session, args, listed);
    return Reply::ok("LIST completed");
}

} // namespace imapd
