// SPDX-License-Identifier: ISC
#include "deliver/lmtp_server.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "deliver/confine.h"
#include "deliver/exit_status.h"
#include "deliver/lmtp_session.h"
#include "deliver/lmtp_wall.h"
#include "deliver/mailroom.h"
#include "io/disconnected.h"
#include "io/stream.h"
#include "io/wait.h"
#include "ipc/message.h"
#include "log/log.h"
#include "net/address.h"
#include "net/service_manager.h"
#include "net/socket.h"

namespace deliver {
namespace {

using base::Error;
using base::UniqueFd;

/// The signal that came, the one global that R6 allows.
volatile std::sig_atomic_t asked_to_end = 0;

/// What a mailroom says when its client is gone.
constexpr std::string_view at_rest = "rest";

bool is_socket(int fd)
{
    struct stat status = {};
    return ::fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

base::Result<std::vector<UniqueFd>> open_listeners(const config::Settings& settings)
{
    std::vector<UniqueFd> sockets;
    for (const std::string& place : settings.lmtp.listen) {
        base::Result<UniqueFd> socket = Error{};
        if (place.starts_with('/')) {
            // The mail server is another user. Who may come here is for the directory
            // to say.
            socket = net::listen_at(place, std::nullopt);
        } else {
            const auto address = net::Address::parse(place);
            if (!address)
                return address.error();
            socket = net::listen(*address);
        }
        if (!socket)
            return socket.error();
        sockets.push_back(std::move(*socket));
    }
    return sockets;
}

std::string host_name()
{
    char name[256] = {};
    if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0')
        return "localhost";
    return name;
}

/// A client's connection, in two descriptors.
struct Client {
    UniqueFd in;
    UniqueFd out;
};

/// The address at its other end; empty where there is none.
std::string peer_of(const Client& client)
{
    const auto peer = net::Address::of_peer(client.in.get());
    return peer && peer->family() != AF_UNIX ? peer->host() : std::string();
}

/// One client, from the greeting to its end. `host` is our name.
void converse(const Client& client, io::Wait& wait, LmtpBackend& mailroom,
              const config::Settings& settings, const std::string& host)
{
    io::FdStream stream(client.in.get(), client.out.get());
    try {
        LmtpSession(stream, wait, mailroom, {settings.lmtp.size}, host).run();
    } catch (const io::Disconnected&) {
        // The client has what we have told it, and will ask again for the rest.
    }
}

/// The life of a clerk. Its log may be out of its reach: whoever waits for it tells.
[[noreturn]] void live_as_clerk(const Client& client, ipc::Channel channel,
                                ClerkUser user, const config::Settings& settings)
{
    int status = 0;
    try {
        const base::SystemClock clock;
        io::Wait wait(clock);
        FarMailroom mailroom(std::move(channel), wait);
        const std::string host = host_name(); // which a clerk may not ask
        const auto confined = become_clerk(std::move(user));
        if (confined)
            converse(client, wait, mailroom, settings, host);
        else
            status = static_cast<int>(ExitStatus::TryAgain);
    } catch (const std::exception&) {
        status = static_cast<int>(ExitStatus::TryAgain);
    }
    ::_exit(status);
}

/// How a clerk has ended, if that is worth a line.
void tell_of_clerk(int status)
{
    if (status != 0)
        logging::Log().error("clerk-died",
                             {{"signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0},
                              {"status", WIFEXITED(status) ? WEXITSTATUS(status) : 0}});
}

/// Has another process talk to the client, and does what is asked.
void serve_by_clerk(Client client, Mailroom& mailroom, ClerkUser user,
                    const config::Settings& settings)
{
    auto channels = ipc::Channel::pair();
    const pid_t pid = channels ? ::fork() : -1;
    if (pid < 0) {
        logging::Log().warn("no-process", {{"error", std::strerror(errno)}});
        return;
    }
    if (pid == 0) {
        channels->first.close();
        live_as_clerk(client, std::move(channels->second), std::move(user), settings);
    }
    channels->second.close();
    user.root.reset();
    mailroom.begin_client(peer_of(client), {channels->first.fd()});
    client = {}; // or it would see no end of us
    attend(std::move(channels->first), mailroom);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    tell_of_clerk(status);
}

/// Serves the client until it is gone.
void serve(Client client, ClerkUser user, const config::Settings& settings)
{
    try {
        Mailroom mailroom(settings, host_name());
        if (user.uid != 0)
            return serve_by_clerk(std::move(client), mailroom, std::move(user),
                                  settings);
        const base::SystemClock clock;
        io::Wait wait(clock);
        mailroom.begin_client(peer_of(client), {client.in.get(), client.out.get()});
        converse(client, wait, mailroom, settings, host_name());
    } catch (const std::exception& error) {
        logging::Log().error("internal-error", {{"what", error.what()}});
    }
}

/// inetd has put the client on standard error too: nothing of ours belongs there.
void serve_standard_input(ClerkUser user, const config::Settings& settings)
{
    Client client{UniqueFd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)),
                  UniqueFd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3))};
    const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        ::dup2(null.get(), fd);
    serve(std::move(client), std::move(user), settings);
}

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
            while (!next && next.error().code == base::Errc::Busy) // a signal
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

/// Accepts clients, at most `[lmtp] processes` of them at a time.
///
/// Without root a process serves a client and ends. With root it is a clerk that does
/// so, which has of us no more than we have, and we read nothing of any client; and a
/// mailroom, which may have served others before and has their couriers still. It is
/// not let grow old: users change, and so do their groups.
class Listener {
public:
    Listener(std::vector<UniqueFd> sockets, ClerkUser user,
             const config::Settings& settings)
        : sockets_(std::move(sockets)), user_(std::move(user)), settings_(&settings)
    {
        for (const UniqueFd& socket : sockets_)
            ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
    }

    void run()
    {
        hear_signals();
        while (!asked_to_end) {
            reap();
            const io::Deadline deadline = dismiss_rooms();
            std::vector<pollfd> waiting;
            if (clients() < settings_->lmtp.processes)
                for (const UniqueFd& socket : sockets_)
                    waiting.push_back({socket.get(), POLLIN, 0});
            const std::size_t listening = waiting.size();
            for (const Room& room : rooms_)
                if (!room.rests_until)
                    waiting.push_back({room.channel.fd(), POLLIN, 0});
            const int ms = deadline.poll_ms(clock_);
            const timespec time = {ms / 1000, ms % 1000 * 1'000'000L};
            if (::ppoll(waiting.data(), waiting.size(), ms < 0 ? nullptr : &time,
                        &before_) <= 0)
                continue; // a signal, or time to dismiss somebody
            hear_rooms(); // first, so that the clients find them
            for (std::size_t i = 0; i < listening; ++i)
                if (waiting[i].revents != 0)
                    accept(waiting[i].fd);
        }
    }

private:
    /// A mailroom.
    struct Room {
        pid_t pid = -1;
        ipc::Channel channel;
        unsigned clients = 0; ///< that it has had
        std::optional<io::Deadline> rests_until = {};
    };
    static constexpr unsigned max_clients = 100; ///< of a room
    static constexpr std::size_t max_resting = 8;
    static constexpr std::int64_t rest_ms = 10'000;

    /// They come while we wait, and only then.
    void hear_signals()
    {
        sigset_t ours;
        ::sigemptyset(&ours);
        for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP})
            ::sigaddset(&ours, number);
        ::sigprocmask(SIG_BLOCK, &ours, &before_);
        struct sigaction action = {};
        action.sa_handler = [](int number) {
            if (number != SIGCHLD)
                asked_to_end = 1;
        };
        for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP})
            ::sigaction(number, &action, nullptr);
    }

    void reap()
    {
        int status = 0;
        for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
            if (clients_.erase(pid) > 0 && user_.uid != 0)
                tell_of_clerk(status);
            rooms_.remove_if([pid](const Room& room) { return room.pid == pid; });
        }
    }

    /// Those who have a process of theirs still: a mailroom can be busy for longer than
    /// its clerk, if that has died.
    std::size_t clients() const
    {
        const auto busy =
            std::count_if(rooms_.begin(), rooms_.end(),
                          [](const Room& room) { return !room.rests_until; });
        return std::max(clients_.size(), static_cast<std::size_t>(busy));
    }

    /// Lets those go that have rested for long enough. Gives when to look again.
    io::Deadline dismiss_rooms()
    {
        io::Deadline next = io::Deadline::never();
        for (Room& room : rooms_) {
            if (!room.rests_until || !room.channel)
                continue;
            if (room.rests_until->has_passed(clock_))
                room.channel.close(); // it ends, and is reaped
            else
                next = next.earlier(*room.rests_until);
        }
        return next;
    }

    /// Which of the rooms are done with their clients.
    void hear_rooms()
    {
        for (Room& room : rooms_) {
            if (room.rests_until || !room.channel)
                continue;
            const auto said = room.channel.receive();
            if (!said && said.error().code == base::Errc::Busy)
                continue;
            const auto resting =
                std::count_if(rooms_.begin(), rooms_.end(), [](const Room& each) {
                    return each.rests_until && each.channel;
                });
            room.rests_until = io::Deadline::after_ms(clock_, rest_ms);
            if (!said || room.clients >= max_clients ||
                static_cast<std::size_t>(resting) >= max_resting)
                room.channel.close();
        }
    }

    void accept(int socket)
    {
        UniqueFd client(::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC));
        if (!client)
            return; // gone again, or taken by somebody else
        net::no_delay(client.get());
        UniqueFd same(::fcntl(client.get(), F_DUPFD_CLOEXEC, 3));
        Client both{std::move(client), std::move(same)};
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
    void admit(Client client)
    {
        auto ends = ipc::Channel::pair();
        const pid_t clerk = ends ? fork() : -1;
        if (clerk < 0)
            return;
        if (clerk == 0) {
            ends->first.close();
            live_as_clerk(client, std::move(ends->second), std::move(user_),
                          *settings_);
        }
        clients_.insert(clerk);
        ends->second.close();
        const std::string peer = peer_of(client);
        client = {}; // which is the clerk's alone
        if (!is_taken(ends->first, peer))
            start_room(std::move(ends->first), peer);
    }

    /// Whether there is a mailroom for this clerk that rests.
    bool is_taken(const ipc::Channel& clerk, const std::string& peer)
    {
        const int fds[] = {clerk.fd()};
        const std::string text = ipc::MessageWriter().text(peer).take();
        for (Room& room : rooms_) {
            if (!room.rests_until || !room.channel)
                continue;
            if (room.channel.send(text, fds)) {
                room.rests_until.reset();
                ++room.clients;
                return true;
            }
            room.channel.close();
        }
        return false;
    }

    void start_room(ipc::Channel clerk, const std::string& peer)
    {
        auto ends = ipc::Channel::pair();
        const pid_t pid = ends ? fork() : -1;
        if (pid < 0)
            return; // the clerk sees that it has none, and its client that
        if (pid == 0) {
            ends->first.close();
            user_.root.reset();
            live_as_mailroom(std::move(ends->second), std::move(clerk), peer,
                             *settings_);
        }
        rooms_.push_back({pid, std::move(ends->first), 1});
    }

    /// As fork(2). The child has nothing of ours but what was made for it.
    pid_t fork()
    {
        const pid_t child = ::fork();
        if (child < 0)
            logging::Log().warn("no-process", {{"error", std::strerror(errno)}});
        if (child != 0)
            return child;
        for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP})
            ::signal(number, SIG_DFL);
        ::sigprocmask(SIG_SETMASK, &before_, nullptr);
        sockets_.clear();
        rooms_.clear();
        return child;
    }

    std::vector<UniqueFd> sockets_;
    ClerkUser user_;
    const config::Settings* settings_;
    base::SystemClock clock_;
    std::set<pid_t> clients_; ///< of each, the process that reads what it sends
    std::list<Room> rooms_;
    sigset_t before_ = {};
};

} // namespace

base::Status serve_lmtp(const config::Settings& settings)
{
    auto user = clerk_user(settings);
    if (!user)
        return user.error();
    if (user->uid != 0 && !can_confine())
        logging::Log().warn("no-seccomp", {{"program", "deliver"}});
    std::vector<UniqueFd> sockets;
    for (net::PassedSocket& passed : net::passed_sockets())
        sockets.push_back(std::move(passed.fd));
    if (sockets.empty() && net::is_listening(STDIN_FILENO))
        sockets.emplace_back(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    if (sockets.empty() && (is_socket(STDIN_FILENO) || settings.lmtp.listen.empty())) {
        serve_standard_input(std::move(*user), settings);
        return base::Done{};
    }
    if (sockets.empty()) {
        auto opened = open_listeners(settings);
        if (!opened)
            return opened.error();
        sockets = std::move(*opened);
    }
    Listener(std::move(sockets), std::move(*user), settings).run();
    return base::Done{};
}

} // namespace deliver
