// SPDX-License-Identifier: ISC
#include "login/commands.h"

#include <deque>
#include <string>
#include <vector>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "io/disconnected.h"
#include "login/scripted_verifier.h"
#include "text/base64.h"

namespace {

using End = login::Commands::End;
using ipc::AuthReply;
using ipc::Refusal;
using login::Door;

AuthReply accepted()
{
    AuthReply reply;
    reply.kind = AuthReply::Kind::Accepted;
    return reply;
}

AuthReply refused(Refusal refusal = Refusal::Failed)
{
    AuthReply reply;
    reply.refusal = refusal;
    return reply;
}

AuthReply challenge(std::string bytes)
{
    AuthReply reply;
    reply.kind = AuthReply::Kind::Challenge;
    reply.challenge = std::move(bytes);
    return reply;
}

/// A client that says what it is given, and goes away after that.
struct Client final : imap::ByteSource, imap::ByteSink {
    std::string_view more() override
    {
        if (said.empty())
            throw io::Disconnected{};
        current = said.front();
        said.pop_front();
        return current;
    }
    void go_ahead() override { heard += "+ OK\r\n"; }
    void write(std::string_view octets) override { heard += octets; }

    std::deque<std::string> said;
    std::string current;
    std::string heard;
};

struct Dialogue {
    explicit Dialogue(Door::Tls tls = Door::Tls::Running)
        : commands(client, client, verifier, door(tls), request(), {})
    {
    }
    static Door door(Door::Tls tls)
    {
        Door door;
        door.tls = tls;
        door.mechanisms = {"PLAIN", "LOGIN"};
        return door;
    }
    static ipc::AuthRequest request()
    {
        ipc::AuthRequest request;
        request.peer = "192.0.2.7";
        return request;
    }
    /// What the client hears until the dialogue has ended or the client is gone.
    std::string say(const std::string& text)
    {
        client.said.push_back(text);
        client.heard.clear();
        try {
            end = commands.run();
        } catch (const io::Disconnected&) {
            gone = true;
        }
        return client.heard;
    }

    Client client;
    ScriptedVerifier verifier;
    login::Commands commands;
    End end = End::NotSpoken;
    bool gone = false;
};

bool contains(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(commands)

BOOST_AUTO_TEST_CASE(words_are_taken_in_any_case)
{
    Dialogue d;
    BOOST_TEST(contains(d.say("a nOOp\r\nb Capability\r\n"),
                        "a OK NOOP completed\r\n* CAPABILITY IMAP4rev1 "));
    BOOST_TEST(contains(d.client.heard, "b OK CAPABILITY completed\r\n"));
}

BOOST_AUTO_TEST_CASE(logout_says_bye_first)
{
    Dialogue d;
    BOOST_TEST(d.say("x LOGOUT\r\n") ==
               "* BYE Logging out\r\nx OK LOGOUT completed\r\n");
    BOOST_TEST((d.end == End::Logout));
}

BOOST_AUTO_TEST_CASE(id_takes_what_rfc_2971_allows)
{
    Dialogue d;
    const auto heard = d.say("a ID NIL\r\nb ID (\"name\" \"x\" \"version\" NIL)\r\n"
                             "c ID ()\r\nd id (\"name\" {3}\r\nabc)\r\n");
    for (const char tag : {'a', 'b', 'c', 'd'})
        BOOST_TEST(contains(heard, std::string(1, tag) + " OK ID completed\r\n"));
}

const char* const not_now[] = {"ENABLE CONDSTORE",  "SELECT INBOX", "IDLE",
                               "UID FETCH 1 FLAGS", "NOSUCHTHING",  "NOOP x",
                               "LOGOUT x",          "STARTTLS",     "LOGIN x",
                               "LOGIN x y z",       "AUTHENTICATE", "LOGIN",
                               "CAPABILITY ",       "ID",           "ID x"};

BOOST_DATA_TEST_CASE(answers_bad, not_now)
{
    Dialogue d;
    BOOST_TEST(d.say("a1 " + std::string(sample) + "\r\n").starts_with("a1 BAD "));
    BOOST_TEST(d.verifier.requests.empty());
}

BOOST_AUTO_TEST_CASE(a_line_without_a_tag_gets_an_untagged_bad)
{
    Dialogue d;
    BOOST_TEST(d.say("\r\n").starts_with("* BAD "));
}

BOOST_AUTO_TEST_CASE(a_client_that_speaks_something_else_is_sent_away)
{
    Dialogue d;
    std::string text;
    for (int i = 0; i < login::Commands::max_bad + 5; ++i)
        text += "GET / HTTP/1.1\r\n";
    const auto heard = d.say(text);
    BOOST_TEST((d.end == End::NotSpoken));
    BOOST_TEST(contains(heard, "* BYE "));
}

BOOST_AUTO_TEST_CASE(one_bad_less_and_it_may_stay)
{
    Dialogue d;
    std::string text;
    for (int i = 0; i < login::Commands::max_bad - 1; ++i)
        text += "a NONSENSE\r\n";
    BOOST_TEST(contains(d.say(text + "z NOOP\r\n"), "z OK "));
}

BOOST_AUTO_TEST_CASE(endless_lines_cost_a_bad_each)
{
    Dialogue d;
    BOOST_TEST(d.say("a NOOP " + std::string(100'000, 'x') + "\r\nb NOOP\r\n")
                   .starts_with("a BAD "));
    BOOST_TEST(contains(d.client.heard, "b OK NOOP"));
}

BOOST_AUTO_TEST_CASE(login_asks_as_plain)
{
    Dialogue d;
    d.verifier.replies = {accepted()};
    BOOST_TEST(d.say("a7 LOGIN \"ann\" {6}\r\nsec\"et\r\na8 IDLE\r\n") == "+ OK\r\n");
    BOOST_TEST((d.end == End::Accepted));
    BOOST_REQUIRE(d.verifier.requests.size() == 1);
    const auto& request = d.verifier.requests[0];
    BOOST_TEST(request.mechanism == "PLAIN");
    BOOST_TEST(request.method == "LOGIN");
    BOOST_TEST(request.tag == "a7");
    BOOST_TEST(request.peer == "192.0.2.7");
    BOOST_TEST((request.initial == std::string("\0ann\0sec\"et", 11)));
    BOOST_TEST(d.commands.take_input() == "a8 IDLE\r\n");
}

BOOST_AUTO_TEST_CASE(a_wrong_password_leaves_another_try)
{
    Dialogue d;
    d.verifier.replies = {refused(), accepted()};
    BOOST_TEST(d.say("a LOGIN ann x\r\nb LOGIN ann y\r\n") ==
               "a NO [AUTHENTICATIONFAILED] Authentication failed\r\n");
    BOOST_TEST((d.end == End::Accepted));
}

BOOST_AUTO_TEST_CASE(too_many_wrong_passwords_do_not)
{
    Dialogue d;
    std::string text;
    for (int i = 0; i < login::Commands::max_refused; ++i) {
        d.verifier.replies.push_back(refused());
        text += "a LOGIN ann x\r\n";
    }
    BOOST_TEST(contains(d.say(text), "* BYE "));
    BOOST_TEST((d.end == End::TooMuch));
}

BOOST_AUTO_TEST_CASE(other_reasons_have_other_codes)
{
    Dialogue d;
    d.verifier.replies = {refused(Refusal::Unavailable), refused(Refusal::Limit),
                          refused(Refusal::Malformed)};
    const auto heard = d.say("a LOGIN x y\r\nb LOGIN x y\r\n"
                             "c AUTHENTICATE PLAIN AAAA\r\n");
    BOOST_TEST(contains(heard, "a NO [UNAVAILABLE] "));
    BOOST_TEST(contains(heard, "b NO [LIMIT] "));
    BOOST_TEST(contains(heard, "c BAD "));
}

BOOST_AUTO_TEST_CASE(authenticate_with_an_initial_response)
{
    Dialogue d;
    d.verifier.replies = {accepted()};
    BOOST_TEST(d.say("t authenticate plain AGFubgBzZWNyZXQ=\r\n").empty());
    BOOST_TEST((d.end == End::Accepted));
    BOOST_TEST(d.verifier.requests[0].mechanism == "PLAIN");
    BOOST_TEST((d.verifier.requests[0].initial == std::string("\0ann\0secret", 11)));
}

BOOST_AUTO_TEST_CASE(an_equals_sign_is_an_empty_initial_response)
{
    Dialogue d;
    d.verifier.replies = {refused()};
    d.say("t AUTHENTICATE PLAIN =\r\n");
    BOOST_TEST((d.verifier.requests[0].initial == std::string()));
}

BOOST_AUTO_TEST_CASE(authenticate_with_challenges)
{
    Dialogue d;
    d.verifier.replies = {challenge("Username:"), challenge("Password:"), accepted()};
    BOOST_TEST(d.say("t AUTHENTICATE LOGIN\r\nYW5u\r\n\r\n") ==
               "+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\n");
    BOOST_TEST((d.end == End::Accepted));
    BOOST_TEST(!d.verifier.requests[0].initial.has_value());
    BOOST_TEST(d.verifier.responses == std::vector<std::string>({"ann", ""}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_star_cancels_and_another_try_is_possible)
{
    Dialogue d;
    d.verifier.replies = {challenge(""), accepted()};
    BOOST_TEST(d.say("t AUTHENTICATE PLAIN\r\n*\r\nu LOGIN a b\r\n") ==
               "+ \r\nt BAD AUTHENTICATE cancelled\r\n");
    BOOST_TEST(d.verifier.cancelled == 1);
    BOOST_TEST((d.end == End::Accepted));
}

BOOST_AUTO_TEST_CASE(a_response_that_is_not_base64_ends_the_exchange)
{
    Dialogue d;
    d.verifier.replies = {challenge(""), challenge("")};
    const auto heard = d.say("t AUTHENTICATE PLAIN\r\n!!\r\nu AUTHENTICATE PLAIN\r\n" +
                             std::string(login::Commands::max_response_line + 1, 'A') +
                             "\r\nv NOOP\r\nw AUTHENTICATE PLAIN !\r\n");
    BOOST_TEST(contains(heard, "t BAD "));
    BOOST_TEST(contains(heard, "u BAD "));
    BOOST_TEST(contains(heard, "v OK "));
    BOOST_TEST(contains(heard, "w BAD "));
    BOOST_TEST(d.verifier.cancelled == 2);
}

BOOST_AUTO_TEST_CASE(an_unknown_mechanism_is_nobodys)
{
    Dialogue d;
    BOOST_TEST(d.say("t AUTHENTICATE KERBEROS_V4\r\n").starts_with("t NO "));
    BOOST_TEST(d.verifier.requests.empty());
}

BOOST_AUTO_TEST_CASE(without_tls_no_password_is_looked_at)
{
    Dialogue d(Door::Tls::Startable);
    const auto heard = d.say("a LOGIN ann secret\r\nb AUTHENTICATE PLAIN AAAA\r\n");
    BOOST_TEST(contains(heard, "a NO [PRIVACYREQUIRED] "));
    BOOST_TEST(contains(heard, "b NO [PRIVACYREQUIRED] "));
    BOOST_TEST(d.verifier.requests.empty());
}

BOOST_AUTO_TEST_CASE(what_came_before_tls_is_forgotten)
{
    Dialogue d(Door::Tls::Startable);
    BOOST_TEST(d.say("a STARTTLS\r\nb NOOP\r\n").starts_with("a OK "));
    BOOST_TEST((d.end == End::StartTls));
    d.commands.tls_runs("TLSv1.3 X", {}, {});
    d.verifier.replies = {accepted()};
    BOOST_TEST(d.say("c LOGIN ann secret\r\n").empty());
    BOOST_TEST((d.end == End::Accepted));
    BOOST_TEST(d.verifier.requests[0].tls == "TLSv1.3 X");
}

BOOST_AUTO_TEST_CASE(tls_starts_once)
{
    Dialogue d(Door::Tls::Unavailable);
    BOOST_TEST(d.say("a STARTTLS\r\n").starts_with("a BAD "));
    Dialogue secure(Door::Tls::Running);
    BOOST_TEST(secure.say("a STARTTLS\r\n").starts_with("a BAD "));
}

BOOST_AUTO_TEST_SUITE_END()
