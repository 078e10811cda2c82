// SPDX-License-Identifier: ISC
#include "login/sasl_server.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "login/scripted_verifier.h"

namespace {

using ipc::AuthReply;

AuthReply reply(AuthReply::Kind kind, std::string text = {})
{
    AuthReply made;
    made.kind = kind;
    (kind == AuthReply::Kind::Challenge ? made.challenge : made.user) = std::move(text);
    return made;
}

struct Dialogue {
    std::string say(std::string_view line)
    {
        return server.answer(line).value_or("(left)");
    }
    ScriptedVerifier verifier;
    login::SaslServer server{verifier, {"PLAIN", "SCRAM-SHA-256"}, {}};
};

} // namespace

BOOST_AUTO_TEST_SUITE(sasl_server)

BOOST_AUTO_TEST_CASE(says_what_it_can_do)
{
    Dialogue d;
    BOOST_TEST(d.server.greeting(17, "\x01\xfe") == "VERSION\t1\t2\n"
                                                    "MECH\tPLAIN\tplaintext\n"
                                                    "MECH\tSCRAM-SHA-256\tmutual-auth\n"
                                                    "SPID\t17\n"
                                                    "CUID\t1\n"
                                                    "COOKIE\t01fe\n"
                                                    "DONE\n");
}

BOOST_AUTO_TEST_CASE(what_postfix_says)
{
    Dialogue d;
    d.verifier.replies = {reply(AuthReply::Kind::Accepted, "ann")};
    BOOST_TEST(d.say("VERSION\t1\t1") == "");
    BOOST_TEST(d.say("CPID\t4711") == "");
    BOOST_TEST(
        d.say("AUTH\t1\tPLAIN\tservice=smtp\tnologin\tlip=192.0.2.1\trip=192.0.2.7"
              "\tsecured\tresp=AGFubgBzZWNyZXQ=") == "OK\t1\tuser=ann\n");
    const auto& request = d.verifier.requests.at(0);
    BOOST_TEST(request.mechanism == "PLAIN");
    BOOST_TEST(request.protocol == "smtp");
    BOOST_TEST(request.peer == "192.0.2.7");
    BOOST_TEST(request.tls == "secured");
    BOOST_TEST((request.initial == std::string("\0ann\0secret", 11)));
}

BOOST_AUTO_TEST_CASE(an_exchange_of_several_steps)
{
    Dialogue d;
    d.verifier.replies = {reply(AuthReply::Kind::Challenge, "r=x"),
                          reply(AuthReply::Kind::Challenge, "v=y"),
                          reply(AuthReply::Kind::Accepted, "ann")};
    BOOST_TEST(d.say("AUTH\t7\tSCRAM-SHA-256\tservice=smtp\tresp=bg==") ==
               "CONT\t7\tcj14\n");
    BOOST_TEST(d.say("CONT\t8\tbg==") == "FAIL\t8\treason=no such exchange\n");
    BOOST_TEST(d.say("CONT\t7\tYw==") == "CONT\t7\tdj15\n");
    BOOST_TEST(d.say("CONT\t7\t") == "OK\t7\tuser=ann\n");
    BOOST_TEST(d.say("CONT\t7\t") == "FAIL\t7\treason=no such exchange\n");
    BOOST_REQUIRE(d.verifier.responses.size() == 2U);
    BOOST_TEST(d.verifier.responses[0] == "c");
    BOOST_TEST(d.verifier.responses[1] == "");
}

BOOST_AUTO_TEST_CASE(failures_say_whether_to_come_again)
{
    Dialogue d;
    AuthReply later = reply(AuthReply::Kind::Refused);
    later.refusal = ipc::Refusal::Unavailable;
    d.verifier.replies = {reply(AuthReply::Kind::Refused), later};
    BOOST_TEST(d.say("AUTH\t1\tPLAIN\tservice=smtp\tresp=AAAA") == "FAIL\t1\n");
    BOOST_TEST(d.say("AUTH\t2\tPLAIN\tservice=smtp\tresp=AAAA") == "FAIL\t2\ttemp\n");
    BOOST_TEST(!d.verifier.requests[0].tls.size());
    BOOST_TEST(d.verifier.requests[0].peer == "unknown");
}

BOOST_AUTO_TEST_CASE(a_new_exchange_or_a_cancel_ends_the_one_before)
{
    Dialogue d;
    d.verifier.replies = {reply(AuthReply::Kind::Challenge),
                          reply(AuthReply::Kind::Challenge),
                          reply(AuthReply::Kind::Challenge)};
    static_cast<void>(d.say("AUTH\t1\tPLAIN\tservice=smtp"));
    BOOST_TEST(!d.verifier.requests[0].initial.has_value());
    static_cast<void>(d.say("AUTH\t2\tPLAIN\tservice=smtp\tresp="));
    BOOST_TEST(d.verifier.requests[1].initial.has_value());
    BOOST_TEST(d.verifier.cancelled == 1);
    BOOST_TEST(d.say("CANCEL\t2") == "");
    BOOST_TEST(d.verifier.cancelled == 2);
    BOOST_TEST(d.say("CONT\t2\t") == "FAIL\t2\treason=no such exchange\n");
    static_cast<void>(d.say("AUTH\t3\tPLAIN\tservice=smtp"));
    BOOST_TEST(d.say("CONT\t3\t*") == "FAIL\t3\treason=the response is not base64\n");
    BOOST_TEST(d.verifier.cancelled == 3);
}

BOOST_AUTO_TEST_CASE(refuses_what_cannot_be)
{
    Dialogue d;
    BOOST_TEST(d.say("AUTH\t1\tLOGIN\tservice=smtp") ==
               "FAIL\t1\treason=no such mechanism\n");
    BOOST_TEST(d.say("AUTH\t1\tPLAIN") ==
               "FAIL\t1\treason=no mechanism or no service\n");
    BOOST_TEST(d.say("AUTH\t1\tPLAIN\tservice=smtp\tresp=*") ==
               "FAIL\t1\treason=the response is not base64\n");
    for (const char* const line : {"VERSION\t2\t0", "VERSION", "AUTH", "AUTH\tx\tPLAIN",
                                   "AUTH\t\tPLAIN", "CONT", "AUTH\t12345678901\tPLAIN"})
        BOOST_TEST(d.say(line) == "(left)", line);
    BOOST_TEST(d.say("LATER\tword") == "");
}

BOOST_AUTO_TEST_SUITE_END()
