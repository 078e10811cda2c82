// SPDX-License-Identifier: ISC
#include "tls/server.h"

#include <memory>
#include <string>

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/test/unit_test.hpp>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "io/wait.h"
#include "tls/certificate.h"
#include "tls/channel.h"
#include "tls/client.h"

namespace {

using Session = std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)>;

struct Handshake {
    std::string certificate; ///< that the client was shown, PEM
    bool resumed = false;
    Session session{nullptr, SSL_SESSION_free};
};

/// A client that asks for `name`, if it is not empty, and comes with `session`, if
/// there is one. TLS 1.2, in which the ticket is a part of the handshake.
Handshake shake_hands(const tls::Server& server, const std::string& name,
                      SSL_SESSION* session = nullptr)
{
    int ends[2] = {-1, -1};
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    const base::UniqueFd ours(ends[0]);
    const base::UniqueFd theirs(ends[1]);
    tls::Channel channel(server, ours.get());
    TlsClient client(theirs.get(), TLS1_2_VERSION);
    if (!name.empty())
        SSL_set_tlsext_host_name(client.ssl(), name.c_str());
    if (session != nullptr)
        SSL_set_session(client.ssl(), session);
    base::SystemClock clock;
    const io::Wait wait(clock);
    bool client_done = false;
    for (int i = 0; i < 10 && !client_done; ++i) {
        client_done = client.handshake();
        static_cast<void>(channel.handshake(wait, io::Deadline::after_ms(clock, 0)));
    }
    BOOST_REQUIRE(client_done);
    Handshake made;
    const X509* const shown = SSL_get0_peer_certificate(client.ssl());
    made.certificate =
        pem_text([&](BIO* bio) { PEM_write_bio_X509(bio, const_cast<X509*>(shown)); });
    made.resumed = SSL_session_reused(client.ssl()) == 1;
    made.session.reset(SSL_get1_session(client.ssl()));
    client.close(); // a session whose connection breaks off is not to be resumed
    return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(server)

BOOST_AUTO_TEST_CASE(serves_after_a_rehearsal_as_before)
{
    const auto certificate = make_certificate();
    auto server = tls::Server::create(certificate);
    BOOST_REQUIRE(server.has_value());
    server->rehearse();
    server->rehearse();
    BOOST_TEST(shake_hands(*server, "").certificate == certificate.chain);
}

BOOST_AUTO_TEST_CASE(the_name_that_a_client_asks_for_picks_the_certificate)
{
    const auto usual = make_certificate();
    const auto mail = make_certificate();
    const auto wild = make_certificate();
    auto server = tls::Server::create(usual);
    BOOST_REQUIRE(server.has_value());
    BOOST_REQUIRE(server->add("mail.example.org", mail).has_value());
    BOOST_REQUIRE(server->add("*.example.org", wild).has_value());
    const auto shown = [&](const char* name) {
        return shake_hands(*server, name).certificate;
    };
    BOOST_TEST((shown("mail.example.org") == mail.chain));
    BOOST_TEST((shown("MAIL.example.ORG") == mail.chain));
    BOOST_TEST((shown("imap.example.org") == wild.chain));
    BOOST_TEST((shown("a.b.example.org") == usual.chain)); // RFC 6125 §6.4.3
    BOOST_TEST((shown("example.org") == usual.chain));
    BOOST_TEST((shown("localhost") == usual.chain));
    BOOST_TEST((shown("") == usual.chain));
}

BOOST_AUTO_TEST_CASE(refuses_a_key_of_another_certificate)
{
    const auto one = make_certificate();
    const auto other = make_certificate();
    BOOST_TEST((tls::Server::create({one.chain, other.key}).error().code ==
                base::Errc::Cannot));
    auto server = tls::Server::create(one);
    BOOST_TEST((server->add("a.example", {one.chain, other.key}).error().code ==
                base::Errc::Cannot));
    BOOST_TEST(
        (server->add("a.example", {"", one.key}).error().code == base::Errc::Syntax));
}

BOOST_AUTO_TEST_CASE(tickets_are_good_for_one_change_of_the_key)
{
    auto server = tls::Server::create(make_certificate());
    BOOST_REQUIRE(server.has_value());
    auto first = shake_hands(*server, "");
    BOOST_TEST(!first.resumed);
    BOOST_TEST(shake_hands(*server, "", first.session.get()).resumed);
    server->rotate_tickets();
    auto second = shake_hands(*server, "", first.session.get());
    BOOST_TEST(second.resumed);
    server->rotate_tickets();
    BOOST_TEST(!shake_hands(*server, "", first.session.get()).resumed);
    // Meanwhile the client has got a ticket by the key of then.
    BOOST_TEST(shake_hands(*server, "", second.session.get()).resumed);
}

BOOST_AUTO_TEST_CASE(tickets_of_another_server_are_worth_nothing)
{
    const auto certificate = make_certificate();
    const auto one = tls::Server::create(certificate);
    const auto other = tls::Server::create(certificate);
    const auto session = shake_hands(*one, "");
    BOOST_TEST(!shake_hands(*other, "", session.session.get()).resumed);
}

BOOST_AUTO_TEST_SUITE_END()
