// SPDX-License-Identifier: ISC
#include "commands/list_arguments.h"

#include "imap/syntax_error.h"

namespace imapd {
namespace {

/// list-select-opts
ListArguments::Selection parse_selection(imap::Parser& in)
{
    ListArguments::Selection selection;
    in.expect("(");
    if (in.accept(")"))
        return selection;
    do {
        const std::string option = in.command_word();
        if (option == "SUBSCRIBED")
            selection.subscribed = true;
        else if (option == "REMOTE")
            selection.remote = true;
        else if (option == "RECURSIVEMATCH")
            selection.recursive_match = true;
        else if (option == "SPECIAL-USE")
            selection.special_use = true;
        else
            throw imap::SyntaxError("Unknown selection option " + option);
    } while (in.accept(" "));
    in.expect(")");
    // RFC 5258 §3.1: alone it makes no sense, nor with REMOTE, which selects nothing.
    if (selection.recursive_match && !selection.subscribed && !selection.special_use)
        throw imap::SyntaxError("RECURSIVEMATCH needs another selection option");
    return selection;
}

/// mbox-or-pat
void parse_patterns(imap::Parser& in, ListArguments& args)
{
    if (!in.accept("(")) {
        args.patterns.push_back(in.list_mailbox());
        return;
    }
    args.is_extended = true;
    do {
        if (!args.patterns.empty())
            in.space();
        if (args.patterns.size() == max_list_patterns)
            throw imap::SyntaxError("Too many patterns");
        args.patterns.push_back(in.list_mailbox());
    } while (!in.accept(")"));
}

/// list-return-opts
ListArguments::Wanted parse_wanted(imap::Parser& in)
{
    ListArguments::Wanted wanted;
    in.expect("RETURN (");
    if (in.accept(")"))
        return wanted;
    do {
        const std::string option = in.command_word();
        if (option == "SUBSCRIBED") {
            wanted.subscribed = true;
        } else if (option == "CHILDREN") {
            wanted.children = true;
        } else if (option == "SPECIAL-USE") {
            wanted.special_use = true;
        } else if (option == "STATUS") {
            in.space("the items");
            wanted.status = parse_status_items(in);
        } else {
            throw imap::SyntaxError("Unknown return option " + option);
        }
    } while (in.accept(" "));
    in.expect(")");
    return wanted;
}

} // namespace

ListArguments parse_list(imap::Parser& in)
{
    ListArguments args;
    in.space("the reference");
    if (in.sees("(")) {
        args.is_extended = true;
        args.selection = parse_selection(in);
        in.space("the reference");
    }
    args.reference = in.astring();
    in.space("the pattern");
    parse_patterns(in, args);
    if (!in.at_end()) {
        args.is_extended = true;
        in.space();
        args.wanted = parse_wanted(in);
    }
    in.end();
    // RFC 5258 §3.1, RFC 6154 §2: who selects by it is told it.
    args.wanted.subscribed |= args.selection.subscribed;
    args.wanted.special_use |= args.selection.special_use;
    return args;
}

ListArguments parse_lsub(imap::Parser& in)
{
    ListArguments args;
    in.space("the reference");
    args.reference = in.astring();
    in.space("the pattern");
    args.patterns.push_back(in.list_mailbox());
    in.end();
    return args;
}

} // namespace imapd
