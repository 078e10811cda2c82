// SPDX-License-Identifier: ISC
#include "deliver/lmtp_server.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <optional>
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
                                const ClerkUser& user, const config::Settings& settings)
{
    int status = 0;
    try {
        const base::SystemClock clock;
        io::Wait wait(clock);
        FarMailroom mailroom(std::move(channel), wait);
        const std::string host = host_name(); // which a clerk may not ask
        const auto confined = become_clerk(user);
        if (confined)
            converse(client, wait, mailroom, settings, host);
        else
            status = static_cast<int>(ExitStatus::TryAgain);
    } catch (const std::exception&) {
        status = static_cast<int>(ExitStatus::TryAgain);
    }
    ::_exit(status);
}

/// Has another process talk to the client, and does what is asked.
void serve_by_clerk(Client client, Mailroom& mailroom, const ClerkUser& user,
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
        live_as_clerk(client, std::move(channels->second), user, settings);
    }
    channels->second.close();
    client = {}; // or it would see no end of us
    mailroom.keep_from_couriers(channels->first.fd());
    attend(std::move(channels->first), mailroom);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (status != 0)
        logging::Log().error("clerk-died",
                             {{"signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0},
                              {"status", WIFEXITED(status) ? WEXITSTATUS(status) : 0}});
}

/// Serves the client until it is gone.
void serve(Client client, const ClerkUser& user, const config::Settings& settings)
{
    try {
        Mailroom mailroom(settings, host_name(), peer_of(client));
        if (user.uid != 0)
            return serve_by_clerk(std::move(client), mailroom, user, settings);
        const base::SystemClock clock;
        io::Wait wait(clock);
        mailroom.keep_from_couriers(client.in.get());
        mailroom.keep_from_couriers(client.out.get());
        converse(client, wait, mailroom, settings, host_name());
    } catch (const std::exception& error) {
        logging::Log().error("internal-error", {{"what", error.what()}});
    }
}

/// inetd has put the client on standard error too: nothing of ours belongs there.
void serve_standard_input(const ClerkUser& user, const config::Settings& settings)
{
    Client client{UniqueFd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)),
                  UniqueFd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3))};
    const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        ::dup2(null.get(), fd);
    serve(std::move(client), user, settings);
}

/// Accepts clients, with a process for each and at most `[lmtp] processes` of them.
class Listener {
public:
    Listener(std::vector<UniqueFd> sockets, const ClerkUser& user,
             const config::Settings& settings)
        : sockets_(std::move(sockets)), user_(user), settings_(&settings)
    {
        for (const UniqueFd& socket : sockets_)
            ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
    }

    void run()
    {
        hear_signals();
        while (!asked_to_end) {
            reap();
            std::vector<pollfd> waiting;
            if (children_ < settings_->lmtp.processes)
                for (const UniqueFd& socket : sockets_)
                    waiting.push_back({socket.get(), POLLIN, 0});
            if (::ppoll(waiting.data(), waiting.size(), nullptr, &before_) <= 0)
                continue; // a signal
            for (const pollfd& one : waiting)
                if (one.revents != 0)
                    accept(one.fd);
        }
    }

private:
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
        while (children_ > 0 && ::waitpid(-1, nullptr, WNOHANG) > 0)
            --children_;
    }

    void accept(int socket)
    {
        UniqueFd client(::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC));
        if (!client)
            return; // gone again, or taken by somebody else
        const pid_t child = ::fork();
        if (child < 0) {
            logging::Log().warn("no-process", {{"error", std::strerror(errno)}});
            return;
        }
        if (child > 0) {
            ++children_;
            return;
        }
        for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP})
            ::signal(number, SIG_DFL);
        ::sigprocmask(SIG_SETMASK, &before_, nullptr);
        sockets_.clear();
        net::no_delay(client.get());
        UniqueFd same(::fcntl(client.get(), F_DUPFD_CLOEXEC, 3));
        serve({std::move(client), std::move(same)}, user_, *settings_);
        ::_exit(0);
    }

    std::vector<UniqueFd> sockets_;
    ClerkUser user_;
    const config::Settings* settings_;
    std::uint64_t children_ = 0;
    sigset_t before_ = {};
};

} // namespace

base::Status serve_lmtp(const config::Settings& settings)
{
    const auto user = clerk_user(settings);
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
        serve_standard_input(*user, settings);
        return base::Done{};
    }
    if (sockets.empty()) {
        auto opened = open_listeners(settings);
        if (!opened)
            return opened.error();
        sockets = std::move(*opened);
    }
    Listener(std::move(sockets), *user, settings).run();
    return base::Done{};
}

} // namespace deliver
