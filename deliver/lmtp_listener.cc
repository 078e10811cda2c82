// SPDX-License-Identifier: ISC
#include "deliver/lmtp_listener.h"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <initializer_list>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/result.h"
#include "deliver/mailroom.h"
#include "io/signals.h"
#include "ipc/message.h"
#include "net/socket.h"

namespace deliver {
namespace {

using base::Errc;
using base::Error;
using base::UniqueFd;

/// The signal that came, the one global that R6 allows.
volatile std::sig_atomic_t asked_to_end = 0;

constexpr std::initializer_list<int> heard = {SIGCHLD, SIGTERM, SIGINT, SIGHUP};

/// What a mailroom says when its client is gone.
constexpr std::string_view at_rest = "rest";

constexpr std::int64_t pause_ms = 500;

/// The life of a mailroom that serves one client after the other, as `listener` gives
/// them: a clerk's end, and the client's address.
[[noreturn]] void live_as_mailroom(ipc::Channel listener, ipc::Channel clerk,
                                   std::string peer, const config::Settings& settings)
{
    try {
        const base::SystemClock clock;
        const io::Wait wait(clock);
        Mailroom mailroom(settings, host_name());
        for (;;) {
            mailroom.begin_client(std::move(peer), {listener.fd(), clerk.fd()});
            attend(std::move(clerk), mailroom);
            mailroom.begin_client({}, {});
            if (!listener.send(at_rest))
                break;
            auto next = listener.receive(wait, io::Deadline::never());
            while (!next && next.error().code == Errc::Busy) // a signal
                next = listener.receive(wait, io::Deadline::never());
            if (!next || next->fds.size() != 1)
                break;
            ipc::MessageReader in(next->bytes);
            peer = in.text(ipc::Channel::max_octets);
            clerk = ipc::Channel(std::move(next->fds.front()));
        }
    } catch (const std::exception& error) {
        logging::Log().error("internal-error", {{"what", error.what()}});
    }
    ::_exit(0);
}

} // namespace

LmtpListener::LmtpListener(std::vector<UniqueFd> sockets, ClerkUser user,
                           const config::Settings& settings, Rest rest)
    : sockets_(std::move(sockets)), user_(std::move(user)), settings_(&settings),
      rest_(rest), wait_(clock_)
{
    for (const UniqueFd& socket : sockets_)
        ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
}

void LmtpListener::run()
{
    hear_signals();
    while (!asked_to_end) {
        reap();
        const io::Deadline deadline = dismiss_rooms();
        arrange_wait();
        // A copy: what we do below changes the set that is waited for.
        const auto span = wait_.next(deadline.earlier(pause_));
        const std::vector<io::Wait::Ready> ready(span.begin(), span.end());
        hear_rooms(); // first, so that the clients find them
        for (const io::Wait::Ready& each : ready)
            if (std::ranges::count(sockets_, each.fd, &UniqueFd::get) > 0)
                accept(each.fd);
    }
}

/// They come while we wait, and only then.
void LmtpListener::hear_signals()
{
    open_mask_ = io::hold_signals_back(heard);
    io::handle_signals(heard, [](int number) {
        if (number != SIGCHLD)
            asked_to_end = 1;
    });
    wait_.let_signals_through(open_mask_);
}

void LmtpListener::reap()
{
    int status = 0;
    for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        if (clients_.erase(pid) > 0 && user_.uid != 0)
            tell_of_clerk(status);
        const auto room = std::ranges::find(rooms_, pid, &Room::pid);
        if (room == rooms_.end())
            continue;
        dismiss(*room);
        rooms_.erase(room);
    }
}

/// Those who have a process of theirs still: a mailroom can be busy for longer than its
/// clerk, if that has died.
std::size_t LmtpListener::clients() const
{
    const auto busy = std::ranges::count_if(rooms_, &Room::is_busy);
    return std::max(clients_.size(), static_cast<std::size_t>(busy));
}

void LmtpListener::arrange_wait()
{
    if (pause_.has_passed(clock_))
        pause_ = io::Deadline::never();
    const bool may_accept = pause_.is_never() && clients() < settings_->lmtp.processes;
    for (const UniqueFd& socket : sockets_) {
        if (may_accept)
            wait_.add(socket.get(), POLLIN);
        else
            wait_.remove(socket.get());
    }
}

/// Lets those go that have rested for long enough. Gives when to look again.
io::Deadline LmtpListener::dismiss_rooms()
{
    io::Deadline next = io::Deadline::never();
    for (Room& room : rooms_) {
        if (!room.is_free())
            continue;
        if (room.rests_until->has_passed(clock_))
            dismiss(room);
        else
            next = next.earlier(*room.rests_until);
    }
    return next;
}

/// It ends, and is reaped.
void LmtpListener::dismiss(Room& room)
{
    wait_.remove(room.channel.fd());
    room.channel.close();
}

/// Which of the rooms are done with their clients, or gone.
void LmtpListener::hear_rooms()
{
    for (Room& room : rooms_) {
        if (!room.channel)
            continue;
        const auto said = room.channel.receive();
        if (!said && said.error().code == Errc::Busy)
            continue;
        const auto resting = std::ranges::count_if(rooms_, &Room::is_free);
        room.rests_until = io::Deadline::after_ms(clock_, rest_.for_ms);
        if (!said || room.clients >= rest_.clients ||
            static_cast<std::size_t>(resting) >= rest_.rooms)
            dismiss(room);
    }
}

void LmtpListener::accept(int socket)
{
    UniqueFd client(::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            pause(Error::from_errno("accept"));
        return; // gone again, or taken by somebody else
    }
    net::no_delay(client.get());
    UniqueFd same(::fcntl(client.get(), F_DUPFD_CLOEXEC, 3));
    LmtpClient both{std::move(client), std::move(same)};
    if (user_.uid != 0)
        return admit(std::move(both));
    const pid_t child = fork();
    if (child == 0) {
        serve(std::move(both), std::move(user_), *settings_);
        ::_exit(0);
    }
    if (child > 0)
        clients_.insert(child);
}

/// Gives the client a clerk, and the clerk a mailroom.
void LmtpListener::admit(LmtpClient client)
{
    auto ends = ipc::Channel::pair();
    if (!ends)
        return pause(ends.error());
    const pid_t clerk = fork();
    if (clerk < 0)
        return; // the client sees that, and tries again
    if (clerk == 0) {
        ends->first.close();
        live_as_clerk(client, std::move(ends->second), std::move(user_), *settings_);
    }
    clients_.insert(clerk);
    ends->second.close();
    const std::string peer = client.peer();
    client = {}; // which is the clerk's alone
    if (!is_taken(ends->first, peer))
        start_room(std::move(ends->first), peer);
}

/// Whether there is a mailroom for this clerk that rests.
bool LmtpListener::is_taken(const ipc::Channel& clerk, const std::string& peer)
{
    const int fds[] = {clerk.fd()};
    const std::string text = ipc::MessageWriter().text(peer).take();
    for (Room& room : rooms_) {
        if (!room.is_free())
            continue;
        if (room.channel.send(text, fds)) {
            room.rests_until.reset();
            ++room.clients;
            return true;
        }
        dismiss(room);
    }
    return false;
}

void LmtpListener::start_room(ipc::Channel clerk, const std::string& peer)
{
    auto ends = ipc::Channel::pair();
    if (!ends)
        return pause(ends.error());
    const pid_t pid = fork();
    if (pid < 0)
        return; // the clerk sees that it has none, and its client that
    if (pid == 0) {
        ends->first.close();
        user_.root.reset();
        live_as_mailroom(std::move(ends->second), std::move(clerk), peer, *settings_);
    }
    wait_.add(ends->first.fd(), POLLIN);
    rooms_.push_back({pid, std::move(ends->first), 1});
}

/// We are short of something: nobody is accepted for a while.
void LmtpListener::pause(const Error& error)
{
    log_.error("cannot-accept", {{"reason", error.text}});
    pause_ = io::Deadline::after_ms(clock_, pause_ms);
}

/// As fork(2). The child has nothing of ours but what was made for it.
pid_t LmtpListener::fork()
{
    const pid_t child = ::fork();
    if (child < 0)
        pause(Error::from_errno("fork"));
    if (child != 0)
        return child;
    io::handle_signals(heard, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &open_mask_, nullptr);
    sockets_.clear();
    rooms_.clear();
    return child;
}

} // namespace deliver
