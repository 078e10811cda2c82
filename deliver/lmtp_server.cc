// SPDX-License-Identifier: ISC
#include "deliver/lmtp_server.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/unique_fd.h"
#include "deliver/confine.h"
#include "deliver/lmtp_client.h"
#include "deliver/lmtp_listener.h"
#include "deliver/lmtp_wall.h"
#include "log/log.h"
#include "net/address.h"
#include "net/service_manager.h"
#include "net/socket.h"

namespace deliver {
namespace {

using base::Error;
using base::UniqueFd;

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

/// inetd has put the client on standard error too: nothing of ours belongs there.
void serve_standard_input(ClerkUser user, const config::Settings& settings)
{
    LmtpClient client{UniqueFd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)),
                      UniqueFd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3))};
    const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        ::dup2(null.get(), fd);
    serve(std::move(client), std::move(user), settings);
}

} // namespace

base::Status serve_lmtp(const config::Settings& settings)
{
    auto user = clerk_user(settings);
    if (!user)
        return user.error();
    if (user->uid != 0 && !can_confine())
        logging::Log().warn("no-seccomp", {{"program", "deliver"}});
    std::vector<UniqueFd> sockets;
    for (net::PassedSocket& passed : net::passed_sockets()) {
        if (!net::is_listening(passed.fd.get()))
            return Error{base::Errc::Cannot,
                         "a socket that was passed does not listen: Accept=yes needs "
                         "StandardInput=socket"};
        sockets.push_back(std::move(passed.fd));
    }
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
    LmtpListener(std::move(sockets), std::move(*user), settings, {}).run();
    return base::Done{};
}

} // namespace deliver
