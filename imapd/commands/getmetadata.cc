// SPDX-License-Identifier: ISC
/// \file
/// GETMETADATA. RFC 5464 §4.2; /private/specialuse of RFC 6154 §4.
///
/// The grammar of RFC 5464 §5 has the options in front of the mailbox, all its examples
/// have them behind: both are taken. So are entries without parentheses, as in §4.4.1.

#include "commands/commands.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "commands/metadata.h"
#include "imap/syntax_error.h"
#include "session/request.h"
#include "session/session.h"
#include "text/ascii.h"

namespace imapd {
namespace {

/// A client that asks for more entries in one command does not mean it.
constexpr std::size_t max_entries = 1024;

struct Arguments {
    enum class Depth { Entry, Children, Infinity };
    std::string mailbox;
    std::vector<std::string> entries;
    std::optional<std::uint32_t> max_size;
    Depth depth = Depth::Entry;
};

/// getmetadata-options = "(" getmetadata-option *(SP getmetadata-option) ")"
void parse_options(imap::Parser& in, Arguments& args)
{
    in.expect("(");
    do {
        const std::string option = in.command_word();
        in.space("the option's value");
        if (option == "MAXSIZE") {
            args.max_size = in.number();
        } else if (option == "DEPTH") {
            const auto depth = in.atom();
            if (depth == "0")
                args.depth = Arguments::Depth::Entry;
            else if (depth == "1")
                args.depth = Arguments::Depth::Children;
            else if (text::equal_ignoring_case(depth, "infinity"))
                args.depth = Arguments::Depth::Infinity;
            else
                throw imap::SyntaxError("DEPTH is 0, 1 or infinity");
        } else {
            throw imap::SyntaxError("Unknown option " + option);
        }
    } while (in.accept(" "));
    in.expect(")");
}

bool sees_options(const imap::Parser& in)
{
    return in.sees("(M") || in.sees("(m") || in.sees("(D") || in.sees("(d");
}

/// getmetadata = "GETMETADATA" [SP getmetadata-options] SP mailbox SP entries
Arguments parse(imap::Parser& in)
{
    Arguments args;
    in.space("the mailbox name");
    if (in.sees("(")) {
        parse_options(in, args);
        in.space("the mailbox name");
    }
    args.mailbox = in.mailbox();
    in.space("the entries");
    if (sees_options(in)) {
        parse_options(in, args);
        in.space("the entries");
    }
    const bool is_list = in.accept("(");
    do {
        args.entries.push_back(entry_name(in));
        if (args.entries.size() > max_entries)
            throw imap::SyntaxError("Too many entries");
    } while (in.accept(" "));
    if (is_list)
        in.expect(")");
    in.end();
    return args;
}

/// Whether `name` is `asked` or as far below it as the depth allows.
bool matches(const std::string& name, const std::string& asked, Arguments::Depth depth)
{
    if (!text::starts_with_ignoring_case(name, asked))
        return false;
    const auto below = std::string_view(name).substr(asked.size());
    if (below.empty())
        return true;
    return depth != Arguments::Depth::Entry && below.front() == '/' &&
           (depth == Arguments::Depth::Infinity ||
            below.find('/', 1) == std::string_view::npos);
}

/// What is to be told: each entry once, in the order in which it was asked for.
std::vector<Annotation> select(const Annotations& all, const Arguments& args)
{
    std::vector<Annotation> selected;
    std::set<std::string, maildir::Metadata::Less> told;
    for (const std::string& asked : args.entries) {
        bool is_there = false;
        for (const auto& [name, value] : all) {
            if (!matches(name, asked, args.depth))
                continue;
            is_there = true;
            if (told.insert(name).second)
                selected.emplace_back(name, value);
        }
        // RFC 5464 §3.2: without a value it is NIL; with a depth, it is only where to
        // begin.
        if (!is_there && args.depth == Arguments::Depth::Entry &&
            told.insert(asked).second)
            selected.emplace_back(asked, std::nullopt);
    }
    return selected;
}

void write(Session& session, const std::string& mailbox,
           const std::vector<Annotation>& told)
{
    if (told.empty())
        return;
    auto& out = session.writer().begin().raw("METADATA ");
    (mailbox.empty() ? out.raw("\"\"") : out.mailbox(mailbox)).raw(" (");
    bool is_first = true;
    for (const auto& [name, value] : told) {
        out.raw(is_first ? "" : " ").astring(name).space();
        is_first = false;
        if (value && value->find('\0') != std::string::npos)
            out.literal8_header(value->size()).raw(*value);
        else
            out.nstring(value);
    }
    out.raw(")").end();
}

} // namespace

Reply getmetadata(Session& session, Request& request)
{
    const Arguments args = parse(request.args);
    const auto target = annotated(session, args.mailbox);
    if (!target)
        return Reply::from(target.error());
    const auto all = annotations(session, *target);
    if (!all)
        return Reply::from(all.error());

    std::vector<Annotation> told = select(*all, args);
    std::size_t longest = 0;
    if (args.max_size) {
        std::erase_if(told, [&](const Annotation& one) {
            const std::size_t size = one.second ? one.second->size() : 0;
            if (size <= *args.max_size)
                return false;
            longest = std::max(longest, size);
            return true;
        });
    }
    write(session, target->wire, told);
    Reply reply = Reply::ok("GETMETADATA completed");
    if (longest > 0)
        return std::move(reply).code("METADATA",
                                     "LONGENTRIES " + std::to_string(longest));
    return reply;
}

} // namespace imapd
