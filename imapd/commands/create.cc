// SPDX-License-Identifier: ISC
/// \file
/// CREATE. RFC 9051 §6.3.4; USE of RFC 6154 §3; MAILBOXID of RFC 8474 §4.1. Levels
/// above are not made with it: they show up in LIST as \NonExistent parents, and
/// Maildir++ does not need them.

#include "commands/commands.h"

#include <algorithm>
#include <string>
#include <vector>

#include "imap/syntax_error.h"
#include "session/object_id.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
namespace {

struct Arguments {
    std::string mailbox;
    std::vector<std::string> uses; ///< attributes as the client wrote them
};

/// use-attr = "\" atom
std::string parse_use(imap::Parser& in)
{
    in.expect("\\");
    return "\\" + std::string(in.atom());
}

/// create = "CREATE" SP mailbox [SP "(" create-param *(SP create-param) ")"]
Arguments parse(imap::Parser& in)
{
    Arguments args;
    in.space("the mailbox name");
    args.mailbox = in.mailbox();
    if (in.at_end())
        return args;
    in.space();
    in.expect("(");
    do { // there is one that we know, and it may come once (RFC 4466 §2.2)
        in.expect("USE (");
        if (in.accept(")"))
            continue;
        do {
            args.uses.push_back(parse_use(in));
        } while (in.accept(" "));
        in.expect(")");
    } while (in.accept(" "));
    in.expect(")");
    in.end();
    return args;
}

} // namespace

Reply create(Session& session, Request& request)
{
    Arguments args = parse(request.args);
    // A separator at the end says that names below are to come: nothing to do.
    if (args.mailbox.size() > 1 && args.mailbox.back() == session.names().separator())
        args.mailbox.pop_back();
    const auto folder = session.names().new_folder(args.mailbox);
    if (!folder)
        return Reply::from(folder.error());
    if (folder->empty())
        return Reply::no("INBOX is always there").code("ALREADYEXISTS");

    std::vector<mailbox::SpecialUse> uses;
    for (const std::string& attribute : args.uses) {
        const auto use = mailbox::special_use_of(attribute);
        if (!use)
            return Reply::no("That use is not supported").code("USEATTR");
        if (std::find(uses.begin(), uses.end(), *use) == uses.end())
            uses.push_back(*use);
    }
    const auto done = session.store().create(*folder, uses);
    if (!done && done.error().code == base::Errc::Exists)
        return Reply::no("There is such a mailbox").code("ALREADYEXISTS");
    if (!done)
        return Reply::from(done.error());
    const auto counters = session.store().counters(*folder);
    if (!counters) // it has been made; what became of it since, others decide
        return Reply::ok("CREATE completed");
    return Reply::ok("CREATE completed")
        .code("MAILBOXID", "(" + object_id(counters->guid) + ")");
}

} // namespace imapd
