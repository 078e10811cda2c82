// SPDX-License-Identifier: ISC
#include "tls/channel.h"

#include <string>

#include <boost/test/unit_test.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "io/disconnected.h"
#include "tls/certificate.h"
#include "tls/client.h"

namespace {

using base::Errc;

const tls::Certificate& certificate()
{
    static const tls::Certificate made = make_certificate();
    return made;
}

/// A server and a client on the two ends of a socket pair.
struct Connection {
    explicit Connection(int max_version = 0) : wait(clock)
    {
        int ends[2] = {-1, -1};
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
        ours.reset(ends[0]);
        theirs.reset(ends[1]);
        auto made = tls::Server::create(certificate());
        BOOST_REQUIRE(made.has_value());
        server = std::make_unique<tls::Server>(std::move(*made));
        channel = std::make_unique<tls::Channel>(*server, ours.get());
        client = std::make_unique<TlsClient>(theirs.get(), max_version);
    }

    /// Both sides in turn, since neither waits; the last word of the server's.
    base::Status shake_hands()
    {
        base::Status done = base::Error{};
        for (int i = 0; i < 10; ++i) {
            const bool theirs_done = client->handshake();
            done = channel->handshake(wait, io::Deadline::after_ms(clock, 0));
            if ((done && theirs_done) || (!done && done.error().code != Errc::Timeout))
                break;
        }
        return done;
    }

    base::SystemClock clock;
    io::Wait wait;
    base::UniqueFd ours;
    base::UniqueFd theirs;
    std::unique_ptr<tls::Server> server;
    std::unique_ptr<tls::Channel> channel;
    std::unique_ptr<TlsClient> client;
};

std::string read(tls::Channel& channel)
{
    char buffer[16384];
    const auto n = channel.read(buffer);
    return n ? std::string(buffer, *n) : "(nothing yet)";
}

} // namespace

BOOST_AUTO_TEST_SUITE(channel)

BOOST_AUTO_TEST_CASE(octets_go_both_ways)
{
    Connection c;
    BOOST_REQUIRE(c.shake_hands().has_value());
    BOOST_TEST(c.channel->version_and_cipher().starts_with("TLSv1.3 TLS_"));

    BOOST_TEST(read(*c.channel) == "(nothing yet)");
    BOOST_TEST(c.client->write("a NOOP\r\n") == 8);
    BOOST_TEST(read(*c.channel) == "a NOOP\r\n");
    BOOST_TEST(c.channel->write("a OK\r\n") == 6u);
    BOOST_TEST(c.client->read() == "a OK\r\n");
}

BOOST_AUTO_TEST_CASE(tls_1_2_is_spoken)
{
    Connection c(TLS1_2_VERSION);
    BOOST_REQUIRE(c.shake_hands().has_value());
    BOOST_TEST(c.channel->version_and_cipher().starts_with("TLSv1.2 "));
}

BOOST_AUTO_TEST_CASE(tls_1_1_is_not)
{
    Connection c(TLS1_1_VERSION);
    const auto done = c.shake_hands();
    BOOST_REQUIRE(!done);
    BOOST_TEST((done.error().code == Errc::Refused));
}

BOOST_AUTO_TEST_CASE(plain_text_is_no_handshake)
{
    Connection c;
    BOOST_TEST(::write(c.theirs.get(), "a LOGIN x y\r\n", 13) == 13);
    const auto done = c.channel->handshake(c.wait, io::Deadline::after_ms(c.clock, 0));
    BOOST_REQUIRE(!done);
    BOOST_TEST((done.error().code == Errc::Refused));
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_away_in_the_handshake_is_gone)
{
    Connection c;
    c.theirs.reset();
    const auto done = c.channel->handshake(c.wait, io::Deadline::after_ms(c.clock, 0));
    BOOST_REQUIRE(!done);
    BOOST_TEST((done.error().code == Errc::Gone || done.error().code == Errc::Refused));
}

BOOST_AUTO_TEST_CASE(what_waits_above_the_socket_is_known)
{
    Connection c;
    BOOST_REQUIRE(c.shake_hands().has_value());
    BOOST_TEST(!c.channel->has_buffered());
    BOOST_TEST(c.client->write("abc") == 3);
    char one = 0;
    BOOST_TEST(c.channel->read({&one, 1}).value() == 1u);
    BOOST_TEST(c.channel->has_buffered());
    BOOST_TEST(read(*c.channel) == "bc");
    BOOST_TEST(!c.channel->has_buffered());
}

BOOST_AUTO_TEST_CASE(the_end_of_one_direction_leaves_the_other)
{
    Connection c;
    BOOST_REQUIRE(c.shake_hands().has_value());
    c.client->close();
    BOOST_TEST(read(*c.channel).empty()); // the end
    BOOST_TEST(c.channel->write("bye") == 3u);
    BOOST_TEST(c.channel->shutdown());
    BOOST_TEST(c.client->read() == "bye");
    BOOST_TEST(c.client->read().empty());
    BOOST_TEST(c.client->is_at_end());
}

BOOST_AUTO_TEST_CASE(an_end_without_words_is_an_end_too)
{
    Connection c;
    BOOST_REQUIRE(c.shake_hands().has_value());
    BOOST_TEST(c.client->read().empty()); // the tickets: unread, they make a reset
    c.theirs.reset();
    BOOST_TEST(read(*c.channel).empty());
}

BOOST_AUTO_TEST_CASE(a_full_socket_takes_nothing_and_loses_nothing)
{
    Connection c;
    BOOST_REQUIRE(c.shake_hands().has_value());
    std::string sent;
    for (;;) {
        const std::string piece(10'000, static_cast<char>('a' + sent.size() % 26));
        const std::size_t n = c.channel->write(piece);
        if (n == 0) {
            BOOST_TEST((c.channel->write_events() & POLLOUT) != 0);
            // OpenSSL wants the same octets again: Output keeps them, so do we.
            std::string received;
            while (received.size() < sent.size())
                received += c.client->read();
            BOOST_TEST((received == sent));
            BOOST_TEST(c.channel->write(piece) > 0u);
            BOOST_TEST(c.client->read().substr(0, 1) == piece.substr(0, 1));
            break;
        }
        sent.append(piece, 0, n);
    }
}

BOOST_AUTO_TEST_CASE(the_client_cannot_renegotiate)
{
    Connection c(TLS1_2_VERSION);
    BOOST_REQUIRE(c.shake_hands().has_value());
    static_cast<void>(SSL_renegotiate(c.client->ssl()));
    static_cast<void>(c.client->handshake());
    try {
        BOOST_TEST(read(*c.channel) == "(nothing yet)");
    } catch (const io::Disconnected&) { // refusing by closing is as good
    }
    BOOST_TEST(!c.client->handshake());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(server)

BOOST_AUTO_TEST_CASE(takes_a_certificate_with_its_key)
{
    BOOST_TEST(tls::Server::create(certificate()).has_value());
    BOOST_TEST(
        tls::Server::create(certificate(), tls::MinimumVersion::Tls13).has_value());
}

BOOST_AUTO_TEST_CASE(takes_a_chain_and_key_in_one_text)
{
    const std::string both =
        certificate().chain + certificate().chain + certificate().key;
    BOOST_TEST(tls::Server::create({both, both}).has_value());
}

BOOST_AUTO_TEST_CASE(says_what_cannot_be_read)
{
    const auto no_certificate = tls::Server::create({"nonsense", certificate().key});
    BOOST_REQUIRE(!no_certificate);
    BOOST_TEST((no_certificate.error().code == Errc::Syntax));
    BOOST_TEST(no_certificate.error().text.find("certificate") != std::string::npos);

    const auto no_key = tls::Server::create({certificate().chain, ""});
    BOOST_REQUIRE(!no_key);
    BOOST_TEST((no_key.error().code == Errc::Syntax));
    BOOST_TEST(no_key.error().text.find("key") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_must_belong_to_its_certificate)
{
    const auto made =
        tls::Server::create({certificate().chain, make_certificate().key});
    BOOST_REQUIRE(!made);
    BOOST_TEST((made.error().code == Errc::Cannot));
}

BOOST_AUTO_TEST_SUITE_END()
