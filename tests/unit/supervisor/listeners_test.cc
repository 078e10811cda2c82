// SPDX-License-Identifier: ISC
#include "supervisor/listeners.h"

#include <utility>

#include <boost/test/unit_test.hpp>
#include <sys/socket.h>

#include "net/address.h"
#include "net/socket.h"

namespace {

using net::PassedSocket;
using supervisor::Listener;
using supervisor::Listeners;
using Tls = ipc::Client::Tls;

config::Settings settings(std::vector<config::Endpoint> plain,
                          std::vector<config::Endpoint> tls)
{
    config::Settings settings;
    settings.imapd.listen = std::move(plain);
    settings.imapd.listen_tls = std::move(tls);
    return settings;
}

net::PassedSocket passed(const char* name)
{
    auto socket = net::listen(*net::Address::parse("127.0.0.1:0"));
    BOOST_REQUIRE(socket.has_value());
    return {std::move(*socket), name};
}

/// A port that is free, or was a moment ago.
std::uint16_t free_port()
{
    const auto socket = net::listen(*net::Address::parse("127.0.0.1:0"));
    BOOST_REQUIRE(socket.has_value());
    return net::Address::of_socket(socket->get())->port();
}

} // namespace

BOOST_AUTO_TEST_SUITE(listeners)

BOOST_AUTO_TEST_CASE(binds_what_the_settings_list)
{
    Listeners listeners;
    const auto done =
        listeners.arrange(settings({{"127.0.0.1", 0}}, {{"127.0.0.1", 0}}));
    BOOST_REQUIRE(done.has_value());
    BOOST_REQUIRE(listeners.all().size() == 2);
    BOOST_TEST((listeners.all()[0].tls == Tls::Startable));
    BOOST_TEST((listeners.all()[1].tls == Tls::Implicit));
}

BOOST_AUTO_TEST_CASE(a_reload_keeps_what_stays_and_closes_what_goes)
{
    const std::uint16_t one = free_port();
    const std::uint16_t two = free_port();
    Listeners listeners;
    BOOST_REQUIRE(listeners.arrange(settings({{"127.0.0.1", one}}, {})).has_value());
    const int kept = listeners.all()[0].socket.get();

    BOOST_REQUIRE(
        listeners.arrange(settings({{"127.0.0.1", two}, {"127.0.0.1", one}}, {}))
            .has_value());
    BOOST_REQUIRE(listeners.all().size() == 2);
    BOOST_TEST(listeners.all()[0].socket.get() == kept);

    BOOST_REQUIRE(listeners.arrange(settings({{"127.0.0.1", two}}, {})).has_value());
    BOOST_REQUIRE(listeners.all().size() == 1);
    BOOST_TEST(listeners.all()[0].endpoint == "127.0.0.1:" + std::to_string(two));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_bound_changes_nothing)
{
    const net::PassedSocket taken = passed("");
    const auto port = net::Address::of_socket(taken.fd.get())->port();
    Listeners listeners;
    BOOST_REQUIRE(listeners.arrange(settings({{"127.0.0.1", 0}}, {})).has_value());
    BOOST_TEST(!listeners.arrange(settings({{"127.0.0.1", port}}, {})));
    BOOST_REQUIRE(listeners.all().size() == 1);
    BOOST_TEST(listeners.all()[0].endpoint == "127.0.0.1:0");
}

BOOST_AUTO_TEST_CASE(passed_sockets_stand_for_the_settings)
{
    std::vector<net::PassedSocket> sockets;
    for (const char* const name : {"imap", "imaps", "my-tls", ""})
        sockets.push_back(passed(name));
    Listeners listeners;
    BOOST_REQUIRE(listeners.adopt(std::move(sockets)).has_value());
    BOOST_REQUIRE(listeners.arrange(settings({{"127.0.0.1", 0}}, {})).has_value());
    BOOST_REQUIRE(listeners.all().size() == 4);
    BOOST_TEST((listeners.all()[0].tls == Tls::Startable));
    BOOST_TEST((listeners.all()[1].tls == Tls::Implicit));
    BOOST_TEST((listeners.all()[2].tls == Tls::Implicit));
    BOOST_TEST((listeners.all()[3].tls == Tls::Startable));
}

BOOST_AUTO_TEST_CASE(a_connected_socket_is_not_taken_for_a_listener)
{
    int ends[2] = {-1, -1};
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    const base::UniqueFd other(ends[1]);
    std::vector<net::PassedSocket> sockets;
    sockets.push_back({base::UniqueFd(ends[0]), "imap"});
    Listeners listeners;
    BOOST_TEST(!listeners.adopt(std::move(sockets)));
}

BOOST_AUTO_TEST_SUITE_END()
