// SPDX-License-Identifier: ISC
#include "deliver/lmtp_client.h"

#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "deliver/exit_status.h"
#include "deliver/lmtp_session.h"
#include "deliver/mailroom.h"
#include "io/disconnected.h"
#include "io/stream.h"
#include "io/wait.h"
#include "log/log.h"
#include "net/address.h"

namespace deliver {
namespace {

/// One client, from the greeting to its end. `host` is our name.
void converse(const LmtpClient& client, io::Wait& wait, LmtpBackend& mailroom,
              const config::Settings& settings, const std::string& host)
{
    io::FdStream stream(client.in.get(), client.out.get());
    try {
        LmtpSession(stream, wait, mailroom, {settings.lmtp.size}, host).run();
    } catch (const io::Disconnected&) {
        // The client has what we have told it, and will ask again for the rest.
    }
}

/// Has another process talk to the client, and does what is asked.
void serve_by_clerk(LmtpClient client, Mailroom& mailroom, ClerkUser user,
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
    mailroom.begin_client(client.peer(), {channels->first.fd()});
    client = {}; // or it would see no end of us
    attend(std::move(channels->first), mailroom);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    tell_of_clerk(status);
}

} // namespace

std::string LmtpClient::peer() const
{
    const auto address = net::Address::of_peer(in.get());
    return address && address->family() != AF_UNIX ? address->host() : std::string();
}

std::string host_name()
{
    char name[256] = {};
    if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0')
        return "localhost";
    return name;
}

void serve(LmtpClient client, ClerkUser user, const config::Settings& settings)
{
    try {
        Mailroom mailroom(settings, host_name());
        if (user.uid != 0)
            return serve_by_clerk(std::move(client), mailroom, std::move(user),
                                  settings);
        const base::SystemClock clock;
        io::Wait wait(clock);
        mailroom.begin_client(client.peer(), {client.in.get(), client.out.get()});
        converse(client, wait, mailroom, settings, host_name());
    } catch (const std::exception& error) {
        logging::Log().error("internal-error", {{"what", error.what()}});
    }
}

void live_as_clerk(const LmtpClient& client, ipc::Channel mailroom, ClerkUser user,
                   const config::Settings& settings)
{
    int status = 0;
    try {
        const base::SystemClock clock;
        io::Wait wait(clock);
        FarMailroom far(std::move(mailroom), wait);
        const std::string host = host_name(); // which a clerk may not ask
        const auto confined = become_clerk(std::move(user));
        if (confined)
            converse(client, wait, far, settings, host);
        else
            status = static_cast<int>(ExitStatus::TryAgain);
    } catch (const std::exception&) {
        status = static_cast<int>(ExitStatus::TryAgain);
    }
    ::_exit(status);
}

void tell_of_clerk(int status)
{
    if (status != 0)
        logging::Log().error("clerk-died",
                             {{"signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0},
                              {"status", WIFEXITED(status) ? WEXITSTATUS(status) : 0}});
}

} // namespace deliver
