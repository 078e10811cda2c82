// SPDX-License-Identifier: ISC
/// \file
/// APPEND. RFC 9051 §6.3.12; APPENDUID of RFC 4315 §3.
///
/// The message is not read into memory: it goes to a file in tmp/ as it comes.

#include "commands/commands.h"

#include <optional>
#include <string>

#include "mailbox/append.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
namespace {

/// One read from the client, one write to the file.
constexpr std::size_t chunk = 65536;

struct Arguments {
    std::string mailbox;
    mailbox::FlagChange flags;
    std::optional<std::int64_t> arrival;
};

/// append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP literal
Arguments parse(imap::Parser& in)
{
    Arguments args;
    in.space("the mailbox name");
    args.mailbox = in.mailbox();
    in.space("the message");
    if (in.sees("(")) {
        const imap::Flags flags = in.flags();
        args.flags.system = kept_flags(flags);
        args.flags.keywords = flags.keywords;
        in.space("the message");
    }
    if (in.sees("\"")) {
        args.arrival = in.date_time().seconds;
        in.space("the message");
    }
    in.end(); // in front of the literal
    return args;
}

/// Reads the literal to its end. A failing disk does not stop the reading: the
/// dialogue must stay in step.
base::Status receive(imap::CommandReader& reader, mailbox::Append& append)
{
    base::Status done = base::Done{};
    reader.accept_literal();
    for (;;) {
        const std::string_view octets = reader.read_literal(chunk);
        if (octets.empty())
            return done;
        if (done)
            done = append.write(octets);
    }
}

} // namespace

Reply append(Session& session, Request& request)
{
    auto& reader = session.reader();
    if (!request.pending) {
        parse(request.args);
        return Reply::bad("The message must be a literal");
    }
    const Arguments args = parse(request.args);
    const auto refuse = [&](Reply reply) {
        reader.refuse_literal();
        return reply;
    };
    if (request.pending->octets > session.settings().limits.literal)
        return refuse(Reply::no("The message is too large").code("TOOBIG"));
    if (request.pending->is_literal8)
        return refuse(Reply::no("Binary messages are not taken").code("CANNOT"));
    const auto folder = session.names().folder(args.mailbox);
    if (!folder)
        return refuse(Reply::from(folder.error()));
    auto append = mailbox::Append::begin(session.store(), *folder);
    if (!append && append.error().code == base::Errc::NotFound)
        return refuse(Reply::no("There is no such mailbox").code("TRYCREATE"));
    if (!append)
        return refuse(Reply::from(append.error()));
    if (auto begun = append->message(args.flags, args.arrival); !begun)
        return refuse(Reply::from(begun.error()));

    auto done = receive(reader, *append);
    const imap::Command rest = reader.rest_of_line();
    if (rest.refusal || rest.pending || !rest.text.empty())
        return refuse(Reply::bad("Nothing may follow the message"));
    if (done)
        done = append->finish();
    if (!done)
        return Reply::from(done.error());
    const auto appended = append->commit();
    if (!appended)
        return Reply::from(appended.error());
    return Reply::ok("APPEND completed")
        .code("APPENDUID",
              std::to_string(appended->uid_validity) + " " + appended->uids.to_text());
}

} // namespace imapd
