// SPDX-License-Identifier: ISC
#include "supervisor/listeners.h"

#include <algorithm>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/account.h"
#include "net/address.h"
#include "net/socket.h"

namespace supervisor {

using base::Errc;
using base::Error;
using Tls = ipc::Client::Tls;
using Speaks = ipc::Client::Speaks;

namespace {

constexpr std::uint16_t imaps_port = 993;

Tls tls_of(const net::PassedSocket& passed, const net::Address& address)
{
    const bool named = passed.name.find("imaps") != std::string::npos ||
                       passed.name.find("tls") != std::string::npos;
    return named || address.port() == imaps_port ? Tls::Implicit : Tls::Startable;
}

/// What is wanted, by its text and kind.
struct Wanted {
    std::string endpoint;
    Tls tls;
    Speaks speaks = Speaks::Imap;
};

/// Whose `[auth] socket` is: his who connects to it.
base::Result<uid_t> socket_owner(const config::Settings& settings)
{
    if (::geteuid() != 0)
        return ::geteuid();
    const auto account = base::account_named(settings.auth.socket_user);
    if (!account)
        return Error{Errc::Cannot, "[auth] socket-user: " + account.error().text};
    return account->uid;
}

base::Result<base::UniqueFd> bound(const Wanted& want, const config::Settings& settings)
{
    if (want.speaks == Speaks::Sasl) {
        const auto owner = socket_owner(settings);
        if (!owner)
            return owner.error();
        return net::listen_at(want.endpoint, *owner);
    }
    const auto address = net::Address::parse(want.endpoint);
    if (!address)
        return address.error();
    return net::listen(*address);
}

enum class Places { All, WithoutImap };

std::vector<Wanted> wanted_by(const config::Settings& settings, Places places)
{
    std::vector<Wanted> wanted;
    if (!settings.auth.socket.empty())
        wanted.push_back({settings.auth.socket, Tls::Startable, Speaks::Sasl});
    if (places == Places::WithoutImap)
        return wanted;
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

base::Status Listeners::adopt(std::vector<net::PassedSocket> sockets)
{
    for (net::PassedSocket& passed : sockets) {
        if (!net::is_listening(passed.fd.get()))
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
    const auto wanted =
        wanted_by(settings, are_passed() ? Places::WithoutImap : Places::All);
    const auto is = [](const Wanted& want) {
        return [&want](const Listener& have) {
            return have.endpoint == want.endpoint && have.tls == want.tls;
        };
    };
    std::vector<Listener> added;
    for (const Wanted& want : wanted) {
        if (std::ranges::any_of(listeners_, is(want)))
            continue;
        auto socket = bound(want, settings);
        if (!socket)
            return socket.error();
        added.push_back({std::move(*socket), want.tls, want.endpoint,
                         Listener::Origin::Bound, want.speaks});
    }
    std::erase_if(listeners_, [&](const Listener& have) {
        return have.origin == Listener::Origin::Bound &&
               std::ranges::none_of(wanted,
                                    [&](const Wanted& want) { return is(want)(have); });
    });
    std::ranges::move(added, std::back_inserter(listeners_));
    return base::Done{};
}

} // namespace supervisor
