// SPDX-License-Identifier: ISC
#include "commands/levels.h"

namespace imapd {

ListArguments parse_list(imap::Parser& in)
{
    ListArguments args;
    in.space("the reference");
    args.reference = in.astring();
    in.space("the pattern");
    args.pattern = in.list_mailbox();
    in.end();
    return args;
}

Levels levels_of(const Names& names, const std::vector<std::string>& folders)
{
    Levels levels;
    for (const std::string& folder : folders) {
        std::string name = names.wire(folder);
        levels[name] = true;
        while (name != "INBOX") {
            const auto end = name.rfind(names.separator());
            if (end == std::string::npos)
                break;
            name.resize(end);
            levels.emplace(name, false);
        }
    }
    return levels;
}

bool has_children(const Levels& levels, const std::string& name, char separator)
{
    const std::string prefix = name + separator;
    const auto below = levels.lower_bound(prefix);
    return below != levels.end() && below->first.starts_with(prefix);
}

void write_level(Session& session, std::string_view response,
                 std::string_view attributes, std::string_view name)
{
    auto& out = session.writer().begin().raw(response);
    out.raw(" (").raw(attributes).raw(") \"");
    out.raw(std::string(1, session.names().separator())).raw("\" ");
    out.mailbox(name).end();
}

Reply tell_separator(Session& session, std::string_view response)
{
    auto& out = session.writer().begin().raw(response).raw(" (\\Noselect) \"");
    out.raw(std::string(1, session.names().separator())).raw("\" \"\"").end();
    return Reply::ok(std::string(response) + " completed");
}

} // namespace imapd
