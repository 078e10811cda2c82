// SPDX-License-Identifier: ISC
#include "net/service_manager.h"

#include <cstdlib>
#include <string>

#include <boost/test/unit_test.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

BOOST_AUTO_TEST_SUITE(service_manager)

BOOST_AUTO_TEST_CASE(sockets_for_somebody_else_are_not_ours)
{
    ::setenv("LISTEN_PID", "1", 1);
    ::setenv("LISTEN_FDS", "1", 1);
    BOOST_TEST(net::passed_sockets().empty());
    BOOST_TEST(::getenv("LISTEN_FDS") == nullptr);
    BOOST_TEST(net::passed_sockets().empty());
}

BOOST_AUTO_TEST_CASE(news_arrive)
{
    char directory[] = "/tmp/avocet-test-XXXXXX";
    BOOST_REQUIRE(::mkdtemp(directory) != nullptr);
    const std::string path = std::string(directory) + "/notify";
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const base::UniqueFd manager(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    BOOST_REQUIRE(::bind(manager.get(), reinterpret_cast<const sockaddr*>(&address),
                         sizeof address) == 0);

    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    net::notify("READY=1");
    char buffer[64] = "";
    const ssize_t n = ::recv(manager.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    BOOST_TEST(std::string(buffer, n > 0 ? static_cast<std::size_t>(n) : 0) ==
               "READY=1");

    ::unlink(path.c_str());
    ::rmdir(directory);
    net::notify("READY=1"); // nobody there: nothing happens
    ::unsetenv("NOTIFY_SOCKET");
    net::notify("READY=1");
}

BOOST_AUTO_TEST_SUITE_END()
