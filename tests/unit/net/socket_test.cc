// SPDX-License-Identifier: ISC
#include "net/socket.h"

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string>

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

int option(int socket, int level, int name)
{
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(socket, level, name, &value, &size) == 0 ? value : -1;
}

base::UniqueFd listener()
{
    auto socket = net::listen(*net::Address::parse("127.0.0.1:0"));
    BOOST_REQUIRE(socket.has_value());
    return std::move(*socket);
}

} // namespace

BOOST_AUTO_TEST_SUITE(sockets)

BOOST_AUTO_TEST_CASE(listens_where_it_is_told)
{
    const base::UniqueFd server = listener();
    const auto address = net::Address::of_socket(server.get());
    BOOST_REQUIRE(address.has_value());
    BOOST_TEST(address->host() == "127.0.0.1");
    BOOST_TEST(address->port() != 0);
    BOOST_TEST((::fcntl(server.get(), F_GETFD) & FD_CLOEXEC) != 0);
    BOOST_TEST((::fcntl(server.get(), F_GETFL) & O_NONBLOCK) != 0);

    const base::UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    BOOST_REQUIRE(::connect(client.get(), address->data(), address->size()) == 0);
    const base::UniqueFd accepted(::accept(server.get(), nullptr, nullptr));
    BOOST_REQUIRE(accepted);
    BOOST_TEST(net::Address::of_peer(accepted.get())->is_loopback());
}

BOOST_AUTO_TEST_CASE(says_which_address_is_taken)
{
    const base::UniqueFd server = listener();
    const auto address = net::Address::of_socket(server.get());
    const auto second = net::listen(*address);
    BOOST_REQUIRE(!second);
    BOOST_TEST(second.error().text.find(address->to_text()) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(ipv4_and_ipv6_on_one_port_do_not_collide)
{
    auto v6 = net::listen(*net::Address::parse("[::]:0"));
    if (!v6) // a machine without IPv6
        return;
    const auto port = net::Address::of_socket(v6->get())->port();
    const auto v4 = net::Address::parse("0.0.0.0:" + std::to_string(port));
    BOOST_TEST(net::listen(*v4).has_value());
}

BOOST_AUTO_TEST_CASE(a_dead_client_is_found)
{
    const base::UniqueFd server = listener();
    net::keep_alive(server.get(), {.idle = 100, .interval = 20, .probes = 3});
    BOOST_TEST(option(server.get(), SOL_SOCKET, SO_KEEPALIVE) == 1);
    BOOST_TEST(option(server.get(), IPPROTO_TCP, TCP_KEEPIDLE) == 100);
    BOOST_TEST(option(server.get(), IPPROTO_TCP, TCP_KEEPINTVL) == 20);
    BOOST_TEST(option(server.get(), IPPROTO_TCP, TCP_KEEPCNT) == 3);
    net::no_delay(server.get());
    BOOST_TEST(option(server.get(), IPPROTO_TCP, TCP_NODELAY) == 1);
}

BOOST_AUTO_TEST_CASE(other_sockets_stay_as_they_are)
{
    int ends[2] = {-1, -1};
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    const base::UniqueFd one(ends[0]);
    const base::UniqueFd other(ends[1]);
    net::keep_alive(one.get());
    net::no_delay(one.get());
    BOOST_TEST(::send(one.get(), "x", 1, 0) == 1);
}

BOOST_AUTO_TEST_CASE(a_socket_in_the_file_system)
{
    char directory[] = "/tmp/avocet-test-XXXXXX";
    BOOST_REQUIRE(::mkdtemp(directory) != nullptr);
    const std::string path = std::string(directory) + "/socket";
    const auto mode = [&] {
        struct stat status = {};
        return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0U;
    };

    auto socket = net::listen_at(path, ::geteuid());
    BOOST_REQUIRE(socket.has_value());
    BOOST_TEST(net::is_listening(socket->get()));
    BOOST_TEST(mode() == 0600U);
    const auto second = net::listen_at(path, std::nullopt); // the first one is in use
    BOOST_REQUIRE(!second.has_value());
    BOOST_TEST(second.error().system_error == EADDRINUSE);

    socket->reset(); // as a crash leaves it
    BOOST_TEST(net::listen_at(path, std::nullopt).has_value());
    BOOST_TEST(mode() == 0666U);

    BOOST_REQUIRE(::unlink(path.c_str()) == 0);
    const base::UniqueFd file(
        ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    BOOST_TEST(!net::listen_at(path, std::nullopt).has_value()); // no socket: it stays
    BOOST_TEST(mode() == 0600U);
    BOOST_TEST(!net::is_listening(file.get()));
    const auto longer = net::listen_at(path + std::string(200, 'x'), std::nullopt);
    BOOST_REQUIRE(!longer.has_value());
    BOOST_TEST((longer.error().code == base::Errc::Limit));
    ::unlink(path.c_str());
    ::rmdir(directory);
}

BOOST_AUTO_TEST_SUITE_END()
