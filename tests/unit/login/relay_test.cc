// SPDX-License-Identifier: ISC
#include "login/relay.h"

#include <memory>
#include <string>

#include <boost/test/unit_test.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tls/certificate.h"
#include "tls/client.h"

namespace {

/// A relay in a process of its own, with the client's end and the session's here.
class Running {
public:
    Running()
    {
        base::UniqueFd relays_client;
        base::UniqueFd relays_session;
        connect(client_socket, relays_client);
        connect(session, relays_session);
        auto server = tls::Server::create(make_certificate());
        BOOST_REQUIRE(server.has_value());
        auto channel = std::make_unique<tls::Channel>(*server, relays_client.get());
        client = std::make_unique<TlsClient>(client_socket.get());
        const base::SystemClock clock;
        io::Wait wait(clock);
        for (bool ours = false, theirs = false; !ours || !theirs;) {
            theirs = client->handshake();
            ours =
                channel->handshake(wait, io::Deadline::after_ms(clock, 0)).has_value();
        }
        pid = ::fork();
        BOOST_REQUIRE(pid >= 0);
        if (pid > 0)
            return;
        client_socket.reset();
        session.reset();
        login::relay(*channel, std::move(relays_session), wait);
        ::_exit(0);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running()
    {
        client_socket.reset();
        session.reset();
        end();
    }

    /// Waits for the relay to end; how it did.
    int end()
    {
        int status = 0;
        if (pid > 0)
            BOOST_TEST(::waitpid(pid, &status, 0) == pid);
        pid = 0;
        return status;
    }

    /// What the client reads until it has `octets`, or the end comes.
    std::string client_reads(std::size_t octets)
    {
        std::string bytes;
        while (bytes.size() < octets && !client->is_at_end()) {
            const std::string more = client->read();
            bytes += more;
            if (more.empty() && !client->is_at_end() && !readable(client_socket.get()))
                break;
        }
        return bytes;
    }
    std::string session_reads()
    {
        char buffer[65536];
        if (!readable(session.get()))
            return "(nothing)";
        const ssize_t n = ::read(session.get(), buffer, sizeof buffer);
        return {buffer, static_cast<std::size_t>(n)};
    }
    void session_says(const std::string& text) const
    {
        BOOST_TEST(::send(session.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
                   static_cast<ssize_t>(text.size()));
    }

    base::UniqueFd client_socket;
    base::UniqueFd session;
    std::unique_ptr<TlsClient> client;
    pid_t pid = 0;

private:
    static void connect(base::UniqueFd& one, base::UniqueFd& other)
    {
        int ends[2] = {-1, -1};
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        one.reset(ends[0]);
        other.reset(ends[1]);
    }
    /// Within a time after which a test has failed.
    static bool readable(int fd)
    {
        pollfd one = {fd, POLLIN, 0};
        return ::poll(&one, 1, 10'000) > 0;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(relay)

BOOST_AUTO_TEST_CASE(octets_go_both_ways)
{
    Running r;
    BOOST_TEST(r.client->write("a NOOP\r\n") == 8);
    BOOST_TEST(r.session_reads() == "a NOOP\r\n");
    r.session_says("a OK done\r\n");
    BOOST_TEST(r.client_reads(11) == "a OK done\r\n");
}

BOOST_AUTO_TEST_CASE(the_end_of_the_session_comes_after_its_last_words)
{
    Running r;
    const std::string words(100'000, 'w');
    r.session_says(words);
    r.session.reset();
    BOOST_TEST((r.client_reads(words.size() + 1) == words));
    BOOST_TEST(r.client->is_at_end());
    r.client_socket.reset();
    BOOST_TEST(r.end() == 0);
}

BOOST_AUTO_TEST_CASE(a_client_that_has_said_all_still_hears_the_answer)
{
    Running r;
    BOOST_TEST(r.client->write("a LOGOUT\r\n") == 10);
    r.client->close();
    BOOST_TEST(r.session_reads() == "a LOGOUT\r\n");
    BOOST_TEST(r.session_reads().empty()); // the end
    r.session_says("* BYE\r\n");
    BOOST_TEST(r.client_reads(7) == "* BYE\r\n");
    r.session.reset();
    BOOST_TEST(r.end() == 0);
}

BOOST_AUTO_TEST_CASE(the_session_hears_of_a_client_that_is_gone)
{
    Running r;
    r.client_socket.reset();
    BOOST_TEST(r.session_reads().empty()); // the end
    r.session.reset();
    BOOST_TEST(r.end() == 0);
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_slows_the_session_down)
{
    Running r;
    const std::string piece(8192, 'p');
    std::size_t sent = 0;
    pollfd writable = {r.session.get(), POLLOUT, 0};
    while (::poll(&writable, 1, 300) > 0) {
        const ssize_t n =
            ::send(r.session.get(), piece.data(), piece.size(), MSG_DONTWAIT);
        if (n > 0)
            sent += static_cast<std::size_t>(n);
        BOOST_REQUIRE(sent < (8 << 20)); // two sockets' buffers and one of ours
    }
    BOOST_TEST(r.client->write("still heard") == 11);
    BOOST_TEST(r.session_reads() == "still heard");
    BOOST_TEST(r.client_reads(sent).size() == sent);
}

BOOST_AUTO_TEST_SUITE_END()
