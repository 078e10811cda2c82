// SPDX-License-Identifier: ISC
#include "session/session.h"

#include <algorithm>
#include <exception>

#include "commands/table.h"
#include "imap/syntax_error.h"
#include "io/disconnected.h"
#include "session/capability.h"
#include "session/notifier.h"

namespace imapd {
namespace {

/// So many commands that are none, one after the other, and we hang up: whoever
/// sends them speaks another protocol.
constexpr int max_bad_commands = 20;

/// Whether the command is of use whatever the mailbox is like.
bool leaves(std::string_view word)
{
    return word == "CLOSE" || word == "UNSELECT";
}

imap::CommandReader::Bounds bounds_of(const config::Settings& settings)
{
    auto bounds = imap::CommandReader::after_login;
    bounds.command = settings.limits.command;
    bounds.literal = std::min(settings.limits.argument, settings.limits.command);
    if (settings.imapd.literals == config::Literals::Minus)
        bounds.non_synchronizing = imap::max_literal_minus;
    return bounds;
}

} // namespace

Session::Session(const Start& start, mailbox::Store& store, const base::Clock& clock,
                 io::Stream& stream, io::Wait& wait)
    : start_(&start), store_(&store), clock_(&clock), stream_(&stream), wait_(&wait),
      output_(stream, wait),
      source_(stream, wait, output_, start.settings->limits.idle_time * 1000,
              [this] { rest(); }),
      sink_(output_), reader_(source_, bounds_of(*start.settings)), writer_(sink_),
      names_(start.settings->mail.separator)
{
    reader_.preload(start.received);
}

Session::~Session() = default;

Selected Session::selected()
{
    if (!mailbox_)
        throw NotSelected{};
    return {*mailbox_, *view_, access_ == mailbox::Access::ReadOnly};
}

void Session::select(std::unique_ptr<mailbox::Mailbox> mailbox, mailbox::Access access)
{
    mailbox_ = std::move(mailbox);
    view_.emplace();
    kept_ = {};
    own_messages_.clear();
    unmarked_.clear();
    access_ = access;
    mark_attachments();
}

void Session::unselect()
{
    if (mailbox_)
        mailbox_->settle();
    mailbox_.reset();
    view_.reset();
    kept_ = {};
    may_add_keywords_ = false;
}

void Session::enable(Extension extension)
{
    if (extension == Extension::Qresync)
        enable(Extension::Condstore);
    const bool is_new = !enabled_.has(extension);
    enabled_.enable(extension);
    if (sends_utf8()) { // RFC 9051 §5.1, RFC 6855 §3
        names_.use_utf8();
        writer_.quote_utf8();
    }
    if (is_new && extension == Extension::Condstore && has_selected())
        tell_highest(view_->mod_sequence());
    if (is_new && extension == Extension::Metadata)
        observe_annotations();
}

void Session::greet()
{
    const std::string code = "[CAPABILITY " + capabilities(settings()) + "] ";
    if (start_->tag.empty())
        writer_.untagged("PREAUTH " + code + "Logged in as " + start_->user);
    else
        writer_.tagged(start_->tag, "OK", code + "Logged in");
    output_.flush();
}

void Session::answer(const imap::Command& command)
{
    if (command.refusal) {
        using After = imap::Refusal::After;
        if (command.refusal->after == After::Close) {
            writer_.untagged("BYE " + std::string(command.refusal->why));
            is_over_ = true;
        } else if (command.text.empty()) {
            writer_.untagged("BAD " + std::string(command.refusal->why));
        } else {
            writer_.tagged(command.text, "BAD", command.refusal->why);
        }
        ++bad_commands_;
        output_.flush();
        return;
    }
    std::string tag;
    Ending ending;
    Reply reply = dispatch(command, tag, ending);
    bad_commands_ = ending.is_command ? 0 : bad_commands_ + 1;
    if (reply.kind() == Reply::Kind::Later)
        return;
    if (!is_over_) {
        const auto highest = tell_changes(ending.expunges, ending.numbering);
        if (highest && reply.kind() == Reply::Kind::Ok && !reply.has_code())
            reply = std::move(reply).code("HIGHESTMODSEQ", std::to_string(*highest));
        else if (highest)
            tell_highest(*highest);
        if (!notifier_)
            tell_of_others();
    }
    if (tag.empty())
        writer_.untagged(reply.to_text());
    else
        writer_.raw(tag).space().raw(reply.to_text()).end();
    output_.flush();
    if (compression_is_due_)
        start_compression();
    if (bad_commands_ > max_bad_commands) {
        writer_.untagged("BYE Too many bad commands");
        output_.flush();
        is_over_ = true;
    }
}

void Session::start_compression()
{
    compression_is_due_ = false;
    // RFC 4978 §3: a client waits for our answer before it says more. What one that
    // does not wait has sent by now was meant to be compressed.
    std::string received = reader_.take_input();
    auto deflate = std::make_unique<io::Deflate>(*stream_);
    received += source_.change_stream(*deflate);
    deflate->preload(received);
    output_.set_stream(*deflate);
    stream_ = deflate.get();
    deflate_ = std::move(deflate);
}

/// With NOTIFY in force: what others did is told before the command, so that what it
/// does itself can be told apart from it (RFC 5465 §5).
Reply Session::run(Request& request, Reply (*handler)(Session&, Request&))
{
    static constexpr std::string_view of_messages[] = {"EXPUNGE", "MOVE", "REPLACE",
                                                       "STORE"};
    is_own_change_ = std::find(std::begin(of_messages), std::end(of_messages),
                               request.word) != std::end(of_messages);
    static constexpr std::string_view into_mailboxes[] = {"APPEND", "COPY", "MOVE",
                                                          "REPLACE"};
    static constexpr std::string_view of_mailboxes[] = {
        "CREATE", "DELETE", "RENAME", "SETMETADATA", "SUBSCRIBE", "UNSUBSCRIBE"};
    const auto is_among = [&](const auto& words) {
        return std::find(std::begin(words), std::end(words), request.word) !=
               std::end(words);
    };
    const bool changes_tree = is_among(of_mailboxes);
    const bool changes_others = changes_tree || is_among(into_mailboxes);
    own_folders_.clear();
    if (changes_others)
        tell_of_others();
    Reply reply = handler(*this, request);
    // An upload takes as long as its client likes: meanwhile others have changed
    // mailboxes as well.
    if (changes_others && observer() &&
        !observer()->tell(changes_tree ? Notifier::Telling::TreeSilent
                                       : Notifier::Telling::Aloud))
        stop_notifying();
    own_folders_.clear();
    return reply;
}

Reply Session::dispatch(const imap::Command& command, std::string& tag, Ending& ending)
{
    // The boundary of HACKING.md: only here is what a handler throws caught.
    try {
        using Quoted = imap::Parser::Quoted;
        imap::Parser args(command.text,
                          sends_utf8() ? Quoted::Utf8 : Quoted::AnyOctets);
        tag = args.tag();
        args.space("the command");
        Request request{tag, args.command_word(), Numbering::Sequence, args,
                        command.pending};
        const bool is_uid = request.word == "UID";
        if (is_uid) {
            args.space("the command after UID");
            request.word = args.command_word();
            request.numbering = Numbering::Uid;
        }
        const Command* known = find_command(request.word);
        if (!known || (is_uid && known->uid == Command::Uid::No))
            return Reply::bad(is_uid ? "No such command with UID" : "No such command");
        if (known->state == Command::State::Selected && !has_selected())
            return Reply::bad("No mailbox is selected");
        if (known->state == Command::State::Selected && !leaves(request.word)) {
            if (const auto done = mailbox_->ensure_known(); !done)
                return Reply::from(done.error());
        }
        ending.is_command = true;
        ending.numbering = request.numbering;
        if (!is_uid)
            ending.expunges = known->at_end;
        request.at_end = ending.expunges;
        Reply reply = run(request, known->handler);
        ending.expunges = request.at_end;
        return reply;
    } catch (const imap::SyntaxError& error) {
        return Reply::bad(error.what());
    } catch (const NotSelected&) {
        return Reply::bad("No mailbox is selected");
    } catch (const std::bad_alloc&) {
        if (in_response_)
            throw io::Disconnected{io::Disconnected::Reason::Failed};
        return Reply::no("Not enough memory").code("LIMIT");
    } catch (const std::exception& error) {
        start_->log.error("internal-error", {{"what", error.what()}, {"tag", tag}});
        if (in_response_)
            throw io::Disconnected{io::Disconnected::Reason::Failed};
        return Reply::no("Internal error; it has been logged").code("SERVERBUG");
    }
}

} // namespace imapd
