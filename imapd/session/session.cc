// SPDX-License-Identifier: ISC
#include "session/session.h"

#include <exception>

#include "commands/table.h"
#include "imap/syntax_error.h"
#include "io/disconnected.h"
#include "session/capability.h"

namespace imapd {
namespace {

/// So many commands that are none, one after the other, and we hang up: whoever
/// sends them speaks another protocol.
constexpr int max_bad_commands = 20;

} // namespace

Session::Session(const Start& start, mailbox::Store& store, const base::Clock& clock,
                 io::Stream& stream, io::Wait& wait)
    : start_(&start), store_(&store), clock_(&clock), stream_(&stream), wait_(&wait),
      output_(stream, wait),
      source_(stream, wait, output_, start.settings->limits.idle_time * 1000),
      sink_(output_), reader_(source_, imap::CommandReader::after_login),
      writer_(sink_), names_(start.settings->mail.separator)
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
    access_ = access;
}

void Session::unselect()
{
    mailbox_.reset();
    view_.reset();
}

void Session::greet()
{
    const std::string code = "[CAPABILITY " + capabilities() + "] ";
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
    const Reply reply = dispatch(command, tag, ending);
    bad_commands_ = ending.is_command ? 0 : bad_commands_ + 1;
    if (reply.kind() == Reply::Kind::Later)
        return;
    if (!is_over_)
        tell(ending.expunges, ending.numbering);
    if (tag.empty())
        writer_.untagged(reply.to_text());
    else
        writer_.raw(tag).space().raw(reply.to_text()).end();
    output_.flush();
    if (bad_commands_ > max_bad_commands) {
        writer_.untagged("BYE Too many bad commands");
        output_.flush();
        is_over_ = true;
    }
}

Reply Session::dispatch(const imap::Command& command, std::string& tag, Ending& ending)
{
    // The boundary of DESIGN §7: only here is what a handler throws caught.
    try {
        imap::Parser args(command.text);
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
        ending.is_command = true;
        ending.numbering = request.numbering;
        if (!is_uid)
            ending.expunges = known->at_end;
        return known->handler(*this, request);
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

void Session::tell(Expunges expunges, Numbering numbering)
{
    if (!mailbox_)
        return;
    try {
        const auto synced = mailbox_->sync();
        if (!synced && synced.error().code == base::Errc::Gone) {
            writer_.untagged("BYE " + synced.error().text);
            is_over_ = true;
            return;
        }
        if (!synced)
            start_->log.warn("sync-failed", {{"folder", mailbox_->name()},
                                             {"error", synced.error().text}});
        write(view_->advance(mailbox_->changes(), expunges), numbering);
    } catch (const std::exception& error) { // as in dispatch: the boundary
        start_->log.error("internal-error", {{"what", error.what()}});
        if (in_response_)
            throw io::Disconnected{io::Disconnected::Reason::Failed};
    }
}

void Session::write(const Updates& updates, Numbering numbering)
{
    for (const std::uint32_t number : updates.expunged)
        writer_.begin().number(number).raw(" EXPUNGE").end();
    if (updates.exists)
        writer_.begin().number(*updates.exists).raw(" EXISTS").end();
    if (updates.recent)
        writer_.begin().number(*updates.recent).raw(" RECENT").end();
    if (updates.flagged.empty())
        return;
    const auto& keywords = mailbox_->keywords();
    std::vector<mailbox::Facts> told;
    mailbox_->for_each(updates.flagged,
                       [&](const mailbox::Facts& facts) { told.push_back(facts); });
    for (const mailbox::Facts& facts : told) {
        writer_.begin().number(view_->number(facts.uid)).raw(" FETCH (");
        if (numbering == Numbering::Uid) // RFC 9051 §6.4.9
            writer_.raw("UID ").number(facts.uid).space();
        writer_.raw("FLAGS ");
        writer_.flags(wire_flags(facts.flags, keywords, view_->is_recent(facts.uid)));
        writer_.raw(")").end();
    }
}

} // namespace imapd
