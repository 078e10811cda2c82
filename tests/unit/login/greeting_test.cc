// SPDX-License-Identifier: ISC
#include "login/greeting.h"

#include <boost/test/unit_test.hpp>

using login::capabilities;
using login::Door;

namespace {

Door door(Door::Tls tls, Door::Place client, config::Cleartext cleartext)
{
    Door door;
    door.tls = tls;
    door.client = client;
    door.cleartext = cleartext;
    door.mechanisms = {"PLAIN", "LOGIN"};
    return door;
}

bool has(const std::string& tokens, const std::string& token)
{
    return (" " + tokens + " ").find(" " + token + " ") != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(greeting)

BOOST_AUTO_TEST_CASE(without_tls_passwords_are_for_loopback_alone)
{
    using enum config::Cleartext;
    const auto here = Door::Place::Here;
    const auto elsewhere = Door::Place::Elsewhere;
    const auto tls = Door::Tls::Startable;
    BOOST_TEST(door(tls, here, Loopback).takes_passwords());
    BOOST_TEST(!door(tls, elsewhere, Loopback).takes_passwords());
    BOOST_TEST(!door(tls, here, Never).takes_passwords());
    BOOST_TEST(door(tls, elsewhere, Always).takes_passwords());
    BOOST_TEST(door(Door::Tls::Running, elsewhere, Never).takes_passwords());
}

BOOST_AUTO_TEST_CASE(tells_what_can_be_done_now)
{
    const auto plain = capabilities(
        door(Door::Tls::Startable, Door::Place::Elsewhere, config::Cleartext::Never));
    BOOST_TEST(plain.starts_with("IMAP4rev1 IMAP4rev2 "));
    BOOST_TEST(has(plain, "STARTTLS"));
    BOOST_TEST(has(plain, "LOGINDISABLED"));
    BOOST_TEST(!has(plain, "AUTH=PLAIN"));

    const auto secure = capabilities(
        door(Door::Tls::Running, Door::Place::Elsewhere, config::Cleartext::Never));
    BOOST_TEST(!has(secure, "STARTTLS"));
    BOOST_TEST(!has(secure, "LOGINDISABLED"));
    BOOST_TEST(has(secure, "AUTH=PLAIN"));
    BOOST_TEST(has(secure, "AUTH=LOGIN"));
    BOOST_TEST(has(secure, "SASL-IR"));
}

BOOST_AUTO_TEST_CASE(does_not_tell_what_is_disabled)
{
    Door one = door(Door::Tls::Startable, Door::Place::Here, config::Cleartext::Always);
    one.disabled = {"idle", "STARTTLS", "AUTH=LOGIN", "COMPRESS=DEFLATE"};
    BOOST_TEST(capabilities(one) ==
               "IMAP4rev1 IMAP4rev2 SASL-IR LITERAL+ ID ENABLE AUTH=PLAIN");
}

BOOST_AUTO_TEST_CASE(greets_with_capabilities_and_name)
{
    Door one =
        door(Door::Tls::Unavailable, Door::Place::Here, config::Cleartext::Always);
    BOOST_TEST(login::greeting(one) ==
               "[CAPABILITY " + capabilities(one) + "] Avocet ready");
    one.hostname = "mail.example";
    BOOST_TEST(login::greeting(one).ends_with("] mail.example Avocet ready"));
}

BOOST_AUTO_TEST_SUITE_END()
