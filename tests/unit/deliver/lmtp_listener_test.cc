// SPDX-License-Identifier: ISC
#include "deliver/lmtp_listener.h"

#include <csignal>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../maildir/temporary.h"
#include "net/socket.h"
#include "sandbox/drop.h"

namespace {

using deliver::LmtpListener;

constexpr uid_t nobody = 65534;
constexpr int patience_us = 20'000'000;
constexpr int step_us = 2'000;

template <class Condition>
bool comes_true(Condition condition)
{
    for (int waited = 0; waited < patience_us; waited += step_us) {
        if (condition())
            return true;
        ::usleep(step_us);
    }
    return false;
}

/// Mailrooms, which there are only where we are root: what else a listener does is in
/// the system tests.
struct Fixture {
    maildir_test::Temporary home;
    config::Settings settings;
    pid_t listener = -1;

    Fixture() { settings.auth.passwd_file = home.path() + "/users"; }
    ~Fixture()
    {
        if (listener > 0) {
            ::kill(listener, SIGTERM);
            ::waitpid(listener, nullptr, 0);
        }
    }

    void start(LmtpListener::Rest rest)
    {
        home.write("users", "");
        std::vector<base::UniqueFd> sockets;
        sockets.push_back(net::listen_at(home.path() + "/lmtp", std::nullopt).value());
        listener = ::fork();
        if (listener != 0)
            return;
        deliver::ClerkUser clerk{nobody, nobody, sandbox::empty_directory().value()};
        LmtpListener(std::move(sockets), std::move(clerk), settings, rest).run();
        ::_exit(0);
    }

    /// A client whose clerk has spoken to its mailroom.
    base::UniqueFd client() const
    {
        base::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        (home.path() + "/lmtp").copy(address.sun_path, sizeof address.sun_path - 1);
        BOOST_REQUIRE(::connect(socket.get(),
                                reinterpret_cast<const sockaddr*>(&address),
                                sizeof address) == 0);
        const std::string said = "LHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<eve>\r\n";
        BOOST_TEST(::send(socket.get(), said.data(), said.size(), MSG_NOSIGNAL) > 0);
        std::string heard;
        for (char octet = 0; heard.find("550 5.1.1") == std::string::npos &&
                             ::recv(socket.get(), &octet, 1, 0) == 1;)
            heard += octet;
        BOOST_TEST(heard.find("550 5.1.1") != std::string::npos);
        return socket;
    }

    std::set<pid_t> rooms() const
    {
        const std::string pid = std::to_string(listener);
        std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
        std::set<pid_t> rooms;
        for (pid_t child = 0; children >> child;) {
            struct stat status = {};
            const std::string path = "/proc/" + std::to_string(child);
            if (::stat(path.c_str(), &status) == 0 && status.st_uid == 0)
                rooms.insert(child); // clerks are somebody else
        }
        return rooms;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lmtp_listener, Fixture)

BOOST_AUTO_TEST_CASE(a_mailroom_serves_so_many_clients_and_no_more)
{
    if (::geteuid() != 0)
        return;
    start({2, 8, 60'000});
    std::map<pid_t, int> served;
    // A client that comes before the last one's mailroom rests has another.
    const bool has_changed = comes_true([&] {
        const auto one = client();
        const auto there = rooms();
        if (there.size() == 1)
            ++served[*there.begin()];
        std::size_t full = 0;
        for (const auto& [room, clients] : served)
            full += clients == 2 ? 1 : 0;
        return full > 1;
    });
    BOOST_TEST(has_changed);
    for (const auto& [room, clients] : served)
        BOOST_TEST(clients <= 2);
}

BOOST_AUTO_TEST_CASE(so_many_rest_and_no_more)
{
    if (::geteuid() != 0)
        return;
    start({100, 1, 60'000});
    {
        const auto one = client();
        const auto two = client();
        BOOST_TEST(rooms().size() == 2U);
    }
    BOOST_TEST(comes_true([&] { return rooms().size() == 1; }));
    const auto resting = rooms();
    const auto one = client();
    BOOST_TEST(rooms() == resting);
}

BOOST_AUTO_TEST_CASE(they_rest_for_so_long_and_no_longer)
{
    if (::geteuid() != 0)
        return;
    start({100, 8, 20});
    for (int turn = 0; turn < 2; ++turn) {
        {
            const auto one = client();
            BOOST_TEST(rooms().size() == 1U);
        }
        BOOST_TEST(comes_true([&] { return rooms().empty(); }));
    }
}

BOOST_AUTO_TEST_SUITE_END()
