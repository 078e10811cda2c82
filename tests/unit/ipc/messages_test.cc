// SPDX-License-Identifier: ISC
/// \file
/// Every message type goes through its wire form and back, and nothing else does.
#include <string>

#include <boost/test/unit_test.hpp>

#include "ipc/auth.h"
#include "ipc/login.h"

namespace {

ipc::AuthRequest request()
{
    ipc::AuthRequest request;
    request.connection = 77;
    request.purpose = ipc::AuthRequest::Purpose::Answer;
    request.protocol = "smtp";
    request.mechanism = "PLAIN";
    request.method = "LOGIN";
    request.initial = std::string("\0ann\0secret", 11);
    request.tag = "a1";
    request.peer = "2001:db8::7";
    request.tls = "TLSv1.3 TLS_AES_256_GCM_SHA384";
    request.bindings = {{"tls-exporter", std::string("\0key", 4)}, {"x", ""}};
    request.certificate_names = {"ann@example.org", "ann"};
    return request;
}

/// Whether `Message::decode` refuses every cut of `bytes`, and `bytes` with more.
template <class Message>
bool refuses_damage(const std::string& bytes)
{
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        if (Message::decode(std::string_view(bytes).substr(0, n)))
            return false;
    }
    return !Message::decode(bytes + "x") && Message::decode(bytes).has_value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(messages)

BOOST_AUTO_TEST_CASE(auth_request)
{
    const std::string bytes = request().encode();
    const auto back = ipc::AuthRequest::decode(bytes);
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST(back->connection == 77u);
    BOOST_TEST((back->purpose == ipc::AuthRequest::Purpose::Answer));
    BOOST_TEST(back->protocol == "smtp");
    BOOST_TEST(back->mechanism == "PLAIN");
    BOOST_TEST(back->method == "LOGIN");
    BOOST_TEST((back->initial == request().initial));
    BOOST_TEST(back->tag == "a1");
    BOOST_TEST(back->peer == "2001:db8::7");
    BOOST_TEST(back->tls == request().tls);
    BOOST_TEST((back->bindings == request().bindings));
    BOOST_TEST((back->certificate_names == request().certificate_names));
    BOOST_TEST(refuses_damage<ipc::AuthRequest>(bytes));
}

BOOST_AUTO_TEST_CASE(no_initial_response_is_not_an_empty_one)
{
    auto one = request();
    one.initial = std::string();
    BOOST_TEST(ipc::AuthRequest::decode(one.encode())->initial.has_value());
    one.initial.reset();
    BOOST_TEST(!ipc::AuthRequest::decode(one.encode())->initial.has_value());
}

BOOST_AUTO_TEST_CASE(auth_request_has_bounds)
{
    auto one = request();
    one.initial = std::string(ipc::AuthRequest::max_response, 'x');
    BOOST_TEST(ipc::AuthRequest::decode(one.encode()).has_value());
    *one.initial += 'x';
    BOOST_TEST(!ipc::AuthRequest::decode(one.encode()));

    one = request();
    one.tag = std::string(ipc::AuthRequest::max_tag, 't');
    BOOST_TEST(ipc::AuthRequest::decode(one.encode()).has_value());
    one.tag += 't';
    BOOST_TEST(!ipc::AuthRequest::decode(one.encode()));
}

BOOST_AUTO_TEST_CASE(auth_reply)
{
    ipc::AuthReply reply;
    reply.kind = ipc::AuthReply::Kind::Challenge;
    reply.challenge = "Username:";
    const auto back = ipc::AuthReply::decode(reply.encode());
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST((back->kind == ipc::AuthReply::Kind::Challenge));
    BOOST_TEST(back->challenge == "Username:");
    BOOST_TEST(refuses_damage<ipc::AuthReply>(reply.encode()));

    reply.kind = static_cast<ipc::AuthReply::Kind>(3);
    BOOST_TEST(!ipc::AuthReply::decode(reply.encode()));
}

BOOST_AUTO_TEST_CASE(auth_answer)
{
    const ipc::AuthAnswer answer = {ipc::AuthAnswer::Kind::Handover, "a2 IDLE\r\n"};
    const auto back = ipc::AuthAnswer::decode(answer.encode());
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST((back->kind == ipc::AuthAnswer::Kind::Handover));
    BOOST_TEST(back->bytes == "a2 IDLE\r\n");
    BOOST_TEST(refuses_damage<ipc::AuthAnswer>(answer.encode()));
}

BOOST_AUTO_TEST_CASE(login_settings)
{
    ipc::LoginSettings login;
    login.uid = 65534;
    login.gid = 65533;
    login.settings = "[imapd]\n";
    login.certificate = "C";
    login.private_key = "K";
    login.client_ca = "A";
    login.names = {{"mail.example.org", "C2", "K2"}};
    const auto back = ipc::LoginSettings::decode(login.encode());
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST(back->uid == 65534u);
    BOOST_TEST(back->gid == 65533u);
    BOOST_TEST(back->settings == "[imapd]\n");
    BOOST_TEST(back->certificate == "C");
    BOOST_TEST(back->private_key == "K");
    BOOST_TEST(back->client_ca == "A");
    BOOST_TEST((back->names == login.names));
    BOOST_TEST(refuses_damage<ipc::LoginSettings>(login.encode()));
}

BOOST_AUTO_TEST_CASE(accepted_client)
{
    ipc::Client client;
    client.connection = 5;
    client.tls = ipc::Client::Tls::Implicit;
    client.speaks = ipc::Client::Speaks::Sasl;
    client.loopback = true;
    client.peer = "127.0.0.1";
    const auto back = ipc::Client::decode(client.encode());
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST(back->connection == 5u);
    BOOST_TEST((back->tls == ipc::Client::Tls::Implicit));
    BOOST_TEST((back->speaks == ipc::Client::Speaks::Sasl));
    BOOST_TEST(back->loopback);
    BOOST_TEST(back->peer == "127.0.0.1");
    BOOST_TEST(refuses_damage<ipc::Client>(client.encode()));
}

BOOST_AUTO_TEST_CASE(notices)
{
    const ipc::LoginNotice login = {ipc::LoginNotice::Kind::Crashed, 6};
    BOOST_TEST(ipc::LoginNotice::decode(login.encode())->connection == 6u);
    BOOST_TEST(refuses_damage<ipc::LoginNotice>(login.encode()));

    const ipc::AttemptNotice attempt = {
        ipc::AttemptNotice::Kind::Failed, 1234, 6, "ann", "::1", "8octets."};
    const auto back = ipc::AttemptNotice::decode(attempt.encode());
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST(back->pid == 1234);
    BOOST_TEST(back->user == "ann");
    BOOST_TEST(back->fingerprint == "8octets.");
    BOOST_TEST(refuses_damage<ipc::AttemptNotice>(attempt.encode()));

    const ipc::Verdict verdict = {true, 15'000};
    BOOST_TEST(ipc::Verdict::decode(verdict.encode())->may_enter);
    BOOST_TEST(ipc::Verdict::decode(verdict.encode())->delay_ms == 15'000);
    BOOST_TEST(refuses_damage<ipc::Verdict>(verdict.encode()));

    const ipc::Dismissal dismissal = {6};
    BOOST_TEST(ipc::Dismissal::decode(dismissal.encode())->connection == 6u);
    BOOST_TEST(refuses_damage<ipc::Dismissal>(dismissal.encode()));
}

BOOST_AUTO_TEST_CASE(one_type_is_not_taken_for_another)
{
    const ipc::AuthAnswer answer = {ipc::AuthAnswer::Kind::Cancel, ""};
    BOOST_TEST(!ipc::AuthReply::decode(answer.encode()));
    BOOST_TEST(!ipc::AuthRequest::decode(answer.encode()));
    BOOST_TEST(!ipc::LoginNotice::decode(answer.encode()));
}

BOOST_AUTO_TEST_SUITE_END()
