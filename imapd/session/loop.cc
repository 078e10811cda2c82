// SPDX-License-Identifier: ISC
/// \file
/// The one wait of a session (R26): for a command, or in IDLE for whatever comes
/// first. RFC 2177; RFC 9051 §6.3.13.
///
/// After NOTIFY (RFC 5465) we wait for a command as in an IDLE without a tag.
///
/// In IDLE an event is told at once, so that one message is on the wire within a
/// millisecond of its delivery. When more messages came than we told of one by one, it
/// is a burst, and what follows waits for `burst_us`, so that a mailing list's hundred
/// messages are a few EXISTS and not a hundred.
///
/// A client that dies may have sent commands by the dozen, say a folder's worth of
/// APPENDs. What has come whole is carried out: that nobody takes our answers does not
/// end a session, only that there is nothing more to read does.
#include <algorithm>

#include <poll.h>

#include "base/memory.h"
#include "io/disconnected.h"
#include "session/notifier.h"
#include "session/session.h"
#include "text/ascii.h"

namespace imapd {
namespace {

constexpr std::int64_t burst_us = 20'000;
/// NAT and firewalls forget a connection that is silent for half an hour. More often
/// would keep phones awake.
constexpr std::int64_t still_here_us = 29 * 60 * std::int64_t{1'000'000};
/// How long a session may outlive its client.
constexpr std::int64_t longest_linger_us = 50'000;
/// The longest line a client may end its IDLE with.
constexpr std::size_t max_done = 64;

/// What is said to a client that we leave; empty if it has left us.
std::string_view farewell_for(io::Disconnected::Reason reason)
{
    using Reason = io::Disconnected::Reason;
    switch (reason) {
    case Reason::Stopped:
        return "BYE The server is shutting down";
    case Reason::TimedOut:
        return "BYE Autologout: nothing was said for too long";
    case Reason::Outnumbered:
        return "BYE [LIMIT] Too many connections: this one has idled the longest";
    case Reason::Closed:
    case Reason::Failed:
    case Reason::Unheard:
        break;
    }
    return {};
}

} // namespace

void Session::run()
{
    try {
        greet();
        while (!is_over_)
            take_turn();
    } catch (const io::Disconnected& gone) {
        say_goodbye(gone.reason);
    }
    leave();
    start_->log.info("logout", {{"in", source_.octets()},
                                {"out", output_.written()},
                                {"fetched", tally_.fetched},
                                {"appended", tally_.appended},
                                {"copied", tally_.copied},
                                {"deleted", tally_.deleted},
                                {"expunged", tally_.expunged}});
}

void Session::take_turn()
{
    try {
        if (notifier_ && !idle_ && !line_has_come())
            listen();
        if (idle_)
            wait_while_idle();
        else
            answer(reader_.next());
    } catch (const io::Disconnected& gone) {
        if (gone.reason != io::Disconnected::Reason::Unheard)
            throw;
        // This one had too much to say to a client that is not there. The next may be
        // an APPEND.
        response_ends();
        output_.discard();
        idle_.reset();
    }
}

/// Nobody waits for us any more, so we may wait for a moment, in which what we have
/// done to the mailbox can be written down as known (mailbox/sync.cc).
void Session::leave()
{
    if (!mailbox_)
        return;
    const auto settles_at = mailbox_->settle_at();
    const std::int64_t now = clock_->steady_us();
    if (settles_at && *settles_at > now && *settles_at <= now + longest_linger_us)
        wait_->next(io::Deadline::after_ms(*clock_, (*settles_at - now + 999) / 1000));
    unselect();
}

void Session::idle(const std::string& tag)
{
    writer_.continuation("idling");
    const std::int64_t now = clock_->steady_us();
    idle_ = Idle{tag, now, now, now, true, false}; // what came before counts as news
    if (start_->idle_mark != nullptr)
        start_->idle_mark->set(now);
    output_.flush();
}

void Session::listen()
{
    const std::int64_t now = clock_->steady_us();
    // A command may have kept back what may be told now that it is over.
    idle_ = Idle{{}, now, now, now, true, false};
}

io::Deadline Session::next_in_idle() const
{
    std::int64_t at = idle_->spoke_us + still_here_us;
    if (idle_->has_news)
        at = std::min(at, idle_->next_us);
    if (const auto again = look_again_at())
        at = std::min(at, *again);
    if (!idle_->is_resting)
        at = std::min(at, idle_->told_us + ClientSource::rest_ms * 1000);
    const std::int64_t left_us = std::max<std::int64_t>(at - clock_->steady_us(), 0);
    return io::Deadline::after_ms(*clock_, (left_us + 999) / 1000);
}

std::optional<std::int64_t> Session::look_again_at() const
{
    const auto selected = mailbox_ ? mailbox_->look_again_at() : std::nullopt;
    const auto others = observer() ? observer()->look_again_at() : std::nullopt;
    const auto settling = mailbox_ ? mailbox_->settle_at() : std::nullopt;
    std::optional<std::int64_t> polling;
    if (observes() && store_->events_fd() < 0)
        polling = idle_->told_us + mailbox::Store::poll_interval_ms * 1000;
    std::optional<std::int64_t> first;
    for (const auto& at : {selected, others, settling, polling}) {
        if (at && (!first || *at < *first))
            first = at;
    }
    return first;
}

/// Whether there is a line to read, or more than one that could end an IDLE. Half a
/// line is none: to wait for its end would hold back what is to be told.
bool Session::line_has_come()
{
    if (source_.has_buffered() && source_.poll())
        reader_.read_ahead();
    return reader_.has_line() || reader_.arrived() > max_done;
}

void Session::wait_while_idle()
{
    if (line_has_come())
        return end_idle();
    const std::int64_t now = clock_->steady_us();
    if (idle_->has_news && now >= idle_->next_us)
        tell_while_idle();
    if (is_over_)
        return;
    if (!output_.is_heard())
        return reader_.read_ahead();
    wait_->add(stream_->read_fd(), stream_->read_events());
    // Events stay where they are until we look: while the look has to wait, or where
    // nothing is selected, they must not wake us over and over.
    const bool listens = observes() && !idle_->has_news;
    const int events_fd = listens ? store_->events_fd() : -1;
    if (events_fd >= 0)
        wait_->add(events_fd, POLLIN);
    const auto ready = wait_->next(next_in_idle());
    bool client_spoke = false;
    for (const auto& [fd, events] : ready) {
        client_spoke = client_spoke || fd == stream_->read_fd();
        idle_->has_news = idle_->has_news || fd == events_fd;
    }
    wait_->remove(stream_->read_fd());
    if (events_fd >= 0)
        wait_->remove(events_fd);
    if (stop_requested())
        throw io::Disconnected{io::Disconnected::Reason::Stopped};
    if (room_requested() && !idle_->tag.empty())
        throw io::Disconnected{io::Disconnected::Reason::Outnumbered};
    if (client_spoke && source_.poll()) // what came may be no whole octet yet
        return reader_.read_ahead();
    if (!ready.empty())
        return;
    const std::int64_t later = clock_->steady_us();
    if (const auto again = look_again_at(); again && *again <= later)
        idle_->has_news = true;
    if (!idle_->is_resting && later >= idle_->told_us + ClientSource::rest_ms * 1000) {
        rest();
        idle_->is_resting = true;
    }
    if (later >= idle_->spoke_us + still_here_us) {
        writer_.untagged("OK Still here");
        output_.flush();
        idle_->spoke_us = later;
    }
}

/// Nobody asks for anything for a while: what memory that takes is given back.
void Session::rest()
{
    output_.release();
    store_->rest();
    base::give_back_memory();
}

void Session::tell_while_idle()
{
    idle_->has_news = false;
    is_own_change_ = false;
    const auto before = output_.written();
    const std::size_t known = view_ ? view_->exists() : 0;
    // RFC 5465 §6.1.2: between commands an expunge is told to those who asked for it.
    const bool may_expunge =
        !idle_->tag.empty() || !notifier_ || !notifier_->selected() ||
        notifier_->selected()->expunges == NotifySelected::Expunges::Immediate;
    tell(may_expunge ? Expunges::Told : Expunges::Withheld, Numbering::Sequence);
    const bool can_look = mailbox_ && !mailbox_->has_unseen_events();
    tell_of_others();
    // Each of the two hears for the other as well: what came while one was looking
    // would wake nobody.
    idle_->has_news = (can_look && mailbox_->has_unseen_events()) ||
                      (notifier_ && notifier_->has_news()) || !unmarked_.empty();
    const bool is_burst = view_ && view_->exists() > known + 1;
    idle_->is_resting = false;
    idle_->told_us = clock_->steady_us();
    idle_->next_us = idle_->told_us + (is_burst ? burst_us : 0);
    if (output_.written() == before)
        return;
    output_.flush();
    idle_->spoke_us = idle_->told_us;
}

void Session::end_idle()
{
    if (idle_->tag.empty()) { // a command comes
        idle_.reset();
        return;
    }
    const auto line = reader_.read_line(max_done);
    const std::string tag = std::move(idle_->tag);
    idle_.reset();
    if (start_->idle_mark != nullptr)
        start_->idle_mark->clear();
    const bool is_done = line && text::equal_ignoring_case(*line, "DONE");
    tell(Expunges::Told, Numbering::Sequence);
    const Reply reply =
        is_done ? Reply::ok("IDLE completed") : Reply::bad("Only DONE can end IDLE");
    writer_.raw(tag).space().raw(reply.to_text()).end();
    output_.flush();
}

void Session::say_goodbye(io::Disconnected::Reason reason)
{
    const std::string_view farewell = farewell_for(reason);
    if (in_response_ || farewell.empty())
        return;
    try {
        writer_.untagged(farewell);
        static_cast<void>(output_.try_flush());
    } catch (const io::Disconnected&) {
        // It has gone before we could say so.
    }
}

} // namespace imapd
