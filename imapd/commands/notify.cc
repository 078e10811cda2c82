// SPDX-License-Identifier: ISC
/// \file
/// NOTIFY. RFC 5465 §3; what becomes of it is in session/notifier.

#include "commands/commands.h"

#include <string>
#include <string_view>
#include <vector>

#include "imap/syntax_error.h"
#include "session/notifier.h"
#include "session/notify_spec.h"
#include "session/request.h"
#include "session/session.h"
#include "text/ascii.h"

namespace imapd {
namespace {

/// A client that names more groups or mailboxes does not mean it.
constexpr std::size_t max_groups = 256;
constexpr std::size_t max_mailboxes = 4096;

/// What BADEVENT lists: all that we know. §8
constexpr std::string_view supported =
    "(MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange "
    "MailboxMetadataChange ServerMetadataChange)";

/// One event group as written.
struct Group {
    enum class Kind { Other, Selected, SelectedDelayed } kind = Kind::Other;
    NotifyGroup::Filter filter = NotifyGroup::Filter::Personal;
    std::vector<std::string> mailboxes; ///< names from the wire
    NotifyEvents events;
    Items new_messages;
};

/// NONE has no groups.
struct Arguments {
    bool wants_status = false;
    bool has_unsupported = false; ///< an event that we do not know
    std::vector<Group> groups;
};

/// What was named in one list of events.
struct Named {
    bool message_new = false;
    bool message_expunge = false;
    bool has_other = false; ///< events that are not of messages
};

/// one-or-more-mailbox = mailbox / "(" mailbox *(SP mailbox) ")"
std::vector<std::string> parse_mailboxes(imap::Parser& in)
{
    std::vector<std::string> names;
    if (!in.accept("(")) {
        names.push_back(in.mailbox());
        return names;
    }
    do {
        names.push_back(in.mailbox());
        if (names.size() > max_mailboxes)
            throw imap::SyntaxError("Too many mailboxes");
    } while (in.accept(" "));
    in.expect(")");
    return names;
}

/// event = message-event / mailbox-event / user-event / event-ext
void parse_event(imap::Parser& in, Arguments& args, Group& group, Named& named)
{
    const std::string event = text::to_upper(in.atom()); // event-ext = atom
    NotifyEvents& events = group.events;
    if (event == "MESSAGENEW") {
        named.message_new = true;
        events.messages = true;
        if (in.sees(" (")) {
            in.space();
            group.new_messages = parse_items(in);
            if (group.kind == Group::Kind::Other)
                throw imap::SyntaxError("Only of the selected mailbox is fetched");
        }
    } else if (event == "MESSAGEEXPUNGE") {
        named.message_expunge = true;
    } else if (event == "FLAGCHANGE") {
        events.flags = true;
    } else if (event == "MAILBOXNAME") {
        events.mailbox_names = named.has_other = true;
    } else if (event == "SUBSCRIPTIONCHANGE") {
        events.subscriptions = named.has_other = true;
    } else if (event == "MAILBOXMETADATACHANGE") {
        events.annotations = named.has_other = true;
    } else if (event == "SERVERMETADATACHANGE") {
        events.server_annotations = named.has_other = true;
    } else {
        args.has_unsupported = true;
    }
}

/// events = "(" event *(SP event) ")" / "NONE"
void parse_events(imap::Parser& in, Arguments& args, Group& group)
{
    if (!in.accept("(")) {
        in.expect("NONE");
        return;
    }
    Named named;
    do {
        parse_event(in, args, group, named);
    } while (in.accept(" "));
    in.expect(")");
    if (named.message_new != named.message_expunge)
        throw imap::SyntaxError("MessageNew and MessageExpunge go together"); // §5
    if (group.events.flags && !named.message_new)
        throw imap::SyntaxError("FlagChange needs MessageNew and MessageExpunge");
    if (group.kind != Group::Kind::Other && named.has_other)
        throw imap::SyntaxError("The selected mailbox has events of messages only");
}

/// event-group = "(" filter-mailboxes SP events ")"
Group parse_group(imap::Parser& in, Arguments& args)
{
    using Filter = NotifyGroup::Filter;
    Group group;
    in.expect("(");
    const std::string filter = in.command_word();
    if (filter == "SELECTED") {
        group.kind = Group::Kind::Selected;
    } else if (filter == "SELECTED-DELAYED") {
        group.kind = Group::Kind::SelectedDelayed;
    } else if (filter == "INBOXES" || filter == "PERSONAL") {
        group.filter = Filter::Personal;
    } else if (filter == "SUBSCRIBED") {
        group.filter = Filter::Subscribed;
    } else if (filter == "SUBTREE" || filter == "MAILBOXES") {
        group.filter = filter == "SUBTREE" ? Filter::Subtree : Filter::Mailboxes;
        in.space("the mailboxes");
        group.mailboxes = parse_mailboxes(in);
    } else {
        throw imap::SyntaxError("Unknown mailboxes " + filter);
    }
    in.space("the events");
    parse_events(in, args, group);
    in.expect(")");
    return group;
}

/// notify = "NOTIFY" SP ("SET" [SP "STATUS"] SP event-groups / "NONE")
Arguments parse(imap::Parser& in)
{
    Arguments args;
    in.space("SET or NONE");
    const std::string word = in.command_word();
    if (word == "NONE") {
        in.end();
        return args;
    }
    if (word != "SET")
        throw imap::SyntaxError("Expected SET or NONE");
    in.space("the events");
    if (in.accept("STATUS ")) // before a parenthesis no name of a mailbox can stand
        args.wants_status = true;
    int selected = 0;
    do {
        args.groups.push_back(parse_group(in, args));
        selected += args.groups.back().kind != Group::Kind::Other ? 1 : 0;
        if (selected > 1 || args.groups.size() > max_groups)
            throw imap::SyntaxError("Too many groups of events");
    } while (in.accept(" "));
    in.end();
    return args;
}

NotifySpec spec_of(const Names& names, Arguments& args)
{
    NotifySpec spec;
    for (Group& group : args.groups) {
        if (group.kind != Group::Kind::Other) {
            spec.selected = NotifySelected{group.kind == Group::Kind::Selected
                                               ? NotifySelected::Expunges::Immediate
                                               : NotifySelected::Expunges::Delayed,
                                           group.events.messages, group.events.flags,
                                           std::move(group.new_messages)};
            continue;
        }
        NotifyGroup known = {group.filter, {}, group.events};
        for (const std::string& name : group.mailboxes) {
            // §3.1: a name that is none of ours is ignored
            if (const auto folder = names.folder(name))
                known.folders.push_back(*folder);
        }
        spec.groups.push_back(std::move(known));
    }
    return spec;
}

} // namespace

Reply notify(Session& session, Request& request)
{
    Arguments args = parse(request.args);
    if (args.has_unsupported)
        return Reply::no("There are events that we do not know")
            .code("BADEVENT", supported);
    const auto done = session.notify(spec_of(session.names(), args),
                                     args.wants_status ? Session::StatusWanted::Yes
                                                       : Session::StatusWanted::No);
    if (!done && done.error().code == base::Errc::Limit)
        return Reply::no("That is too much to watch").code("NOTIFICATIONOVERFLOW");
    if (!done)
        return Reply::from(done.error());
    return Reply::ok("NOTIFY completed");
}

} // namespace imapd
