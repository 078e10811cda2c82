// SPDX-License-Identifier: ISC
#include "supervisor/listeners.h"

#include <algorithm>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>

#include "net/address.h"
#include "net/socket.h"

namespace supervisor {

using base::Errc;
using base::Error;
using Tls = ipc::Client::Tls;

namespace {

constexpr std::uint16_t imaps_port = 993;

bool is_listening(int socket)
{
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 &&
           value != 0;
}

Tls tls_of(const PassedSocket& passed, const net::Address& address)
{
    const bool named = passed.name.find("imaps") != std::string::npos ||
                       passed.name.find("tls") != std::string::npos;
    return named || address.port() == imaps_port ? Tls::Implicit : Tls::Startable;
}

/// What is wanted, by its text and kind.
struct Wanted {
    std::string endpoint;
    Tls tls;
};

std::vector<Wanted> wanted_by(const config::Settings& settings)
{
    std::vector<Wanted> wanted;
    for (const auto& endpoint : settings.imapd.listen)
        wanted.push_back({endpoint.to_text(), Tls::Startable});
    for (const auto& endpoint : settings.imapd.listen_tls)
        wanted.push_back({endpoint.to_text(), Tls::Implicit});
    return wanted;
}

} // namespace

bool Listeners::are_passed() const
{
    return !listeners_.empty() && listeners_.front().origin == Listener::Origin::Passed;
}

base::Status Listeners::adopt(std::vector<PassedSocket> sockets)
{
    for (PassedSocket& passed : sockets) {
        if (!is_listening(passed.fd.get()))
            return Error{Errc::Cannot, "the service manager passed a socket that does "
                                       "not listen (for Accept=yes use --inetd)"};
        const auto address = net::Address::of_socket(passed.fd.get());
        if (!address)
            return address.error();
        const int fd = passed.fd.get();
        ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
        listeners_.push_back({std::move(passed.fd), tls_of(passed, *address),
                              address->to_text(), Listener::Origin::Passed});
    }
    return base::Done{};
}

base::Status Listeners::arrange(const config::Settings& settings)
{
    if (are_passed())
        return base::Done{};
    const auto wanted = wanted_by(settings);
    const auto is = [](const Wanted& want) {
        return [&want](const Listener& have) {
            return have.endpoint == want.endpoint && have.tls == want.tls;
        };
    };
    std::vector<Listener> added;
    for (const Wanted& want : wanted) {
        if (std::ranges::any_of(listeners_, is(want)))
            continue;
        const auto address = net::Address::parse(want.endpoint);
        if (!address)
            return address.error();
        auto socket = net::listen(*address);
        if (!socket)
            return socket.error();
        added.push_back(
            {std::move(*socket), want.tls, want.endpoint, Listener::Origin::Bound});
    }
    std::erase_if(listeners_, [&](const Listener& have) {
        return std::ranges::none_of(wanted,
                                    [&](const Wanted& want) { return is(want)(have); });
    });
    std::ranges::move(added, std::back_inserter(listeners_));
    return base::Done{};
}

} // namespace supervisor
