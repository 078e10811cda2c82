// SPDX-License-Identifier: ISC
#include "auth/mechanism.h"

#include <ostream>
#include <string>
#include <string_view>
#include <variant>

#include <unistd.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "auth/mechanisms/external.h"
#include "auth/mechanisms/login.h"
#include "auth/mechanisms/plain.h"
#include "config/settings.h"

#include "auth/users_file.h"

namespace {

using auth::Authenticator;
using auth::Challenge;
using auth::Exchange;
using auth::Identity;
using auth::Mechanism;
using base::Errc;
using base::Error;

/// One user, "ann" with "secret", who is served whoever runs the tests.
struct Site {
    UsersFile users{::geteuid() == 0 ? "ann:{PLAIN}secret:54321:54322::/home/ann::\n"
                                     : "ann:{PLAIN}secret::::/home/ann::\n"};
    Authenticator authenticator{users.settings};
};

/// "user", "challenge BYTES" or the error's name.
std::string told(const Exchange::Step& step)
{
    if (const auto* const identity = std::get_if<Identity>(&step))
        return identity->user;
    if (const auto* const challenge = std::get_if<Challenge>(&step))
        return "challenge " + challenge->bytes;
    return std::string(base::name_of(std::get<Error>(step).code));
}

} // namespace

BOOST_AUTO_TEST_SUITE(mechanism)

BOOST_AUTO_TEST_CASE(those_that_can_be_set_are_those_that_are_there)
{
    for (const Mechanism m : auth::mechanisms()) {
        const std::string name(auth::name_of(m));
        const auto settings =
            config::Settings::parse("[auth]\nmechanisms = " + name + "\n", "t");
        BOOST_TEST(settings.has_value() == !name.ends_with("-PLUS"), name);
    }
    for (const std::string& name : config::Settings().auth.mechanisms)
        BOOST_TEST(auth::mechanism_named(name).has_value(), name);
}

BOOST_AUTO_TEST_CASE(names_go_both_ways)
{
    BOOST_TEST((auth::mechanism_named("PLAIN") == Mechanism::Plain));
    BOOST_TEST((auth::mechanism_named("login") == Mechanism::Login));
    for (const char* const name : {"", "PLAI", "PLAINX", "CRAM-MD5", "GSSAPI"})
        BOOST_TEST(!auth::mechanism_named(name).has_value(), name);
    for (const Mechanism m : auth::mechanisms())
        BOOST_TEST((auth::mechanism_named(auth::name_of(m)) == m));
}

struct Case {
    std::string_view answer;
    const char* expected;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.expected << ' ' << c.answer.size();
    }
};

using namespace std::string_view_literals;

const Case plain[] = {
    {"\0ann\0secret"sv, "ann"},
    {"ann\0ann\0secret"sv, "ann"},
    {"bob\0ann\0secret"sv, "refused"}, // RFC 4616 §2: authzid that may not be
    {"\0ann\0wrong"sv, "refused"},
    {"\0bob\0secret"sv, "refused"},
    {"\0../ann\0secret"sv, "refused"},
    {""sv, "syntax"},
    {"ann"sv, "syntax"},
    {"\0ann"sv, "syntax"},
    {"\0\0secret"sv, "syntax"},
    {"\0ann\0"sv, "syntax"},
    {"\0\0"sv, "syntax"},
    {"\0ann\0secret\0"sv, "syntax"},
};

BOOST_DATA_TEST_CASE(plain_takes_one_answer, plain)
{
    const Site site;
    auth::Plain exchange(site.authenticator);
    BOOST_TEST(exchange.first_challenge().bytes.empty());
    BOOST_TEST(told(exchange.step(sample.answer)) == sample.expected);
    BOOST_TEST(told(exchange.step(sample.answer)) == "internal"); // it is over
}

BOOST_AUTO_TEST_CASE(login_takes_two)
{
    const Site site;
    auth::Login right(site.authenticator);
    BOOST_TEST(right.first_challenge().bytes == "Username:");
    BOOST_TEST(told(right.step("ann")) == "challenge Password:");
    BOOST_TEST(right.user() == "ann");
    BOOST_TEST(told(right.step("secret")) == "ann");

    auth::Login wrong(site.authenticator);
    static_cast<void>(wrong.step("ann"));
    BOOST_TEST(told(wrong.step("")) == "refused");
    BOOST_TEST(told(wrong.step("secret")) == "internal");

    auth::Login nobody(site.authenticator);
    BOOST_TEST(told(nobody.step("")) == "syntax");
}

BOOST_AUTO_TEST_CASE(external_lets_in_who_the_certificate_is_for)
{
    const UsersFile users(::geteuid() == 0
                              ? "ann:!:54321:54322::/home/ann::\n"
                                "out:!:54321:54322::/home/out::nologin\n"
                              : "ann:!::::/home/ann::\nout:!::::/home/out::nologin\n");
    const auto outcome = [&](std::vector<std::string> names, std::string_view answer) {
        auth::Circumstances circumstances;
        circumstances.certificate_names = std::move(names);
        const Authenticator authenticator(users.settings, circumstances);
        auth::External exchange(authenticator);
        BOOST_TEST(exchange.first_challenge().bytes.empty());
        return told(exchange.step(answer));
    };
    BOOST_TEST(outcome({"ann"}, "") == "ann");
    BOOST_TEST(outcome({"ann"}, "ann") == "ann");
    BOOST_TEST(outcome({"bob", "ann"}, "ann") == "ann");
    BOOST_TEST(outcome({"bob", "ann"}, "") == "refused");
    BOOST_TEST(outcome({"bob"}, "ann") == "refused");
    BOOST_TEST(outcome({}, "ann") == "refused");
    BOOST_TEST(outcome({}, "") == "refused");
    BOOST_TEST(outcome({"out"}, "") == "refused");
    BOOST_TEST(outcome({"../ann"}, "") == "refused");
    BOOST_TEST(outcome({"ann"}, "ann\0"sv) == "syntax");
}

BOOST_AUTO_TEST_CASE(nobody_is_let_in_by_a_mechanism_that_is_not_set)
{
    const auto enabled = [](const std::string& text) {
        const auto settings = config::Settings::parse(text, "t");
        std::string names;
        for (const Mechanism m : auth::mechanisms()) {
            if (auth::is_enabled(m, *settings))
                names += std::string(auth::name_of(m)) + ' ';
        }
        return names;
    };
    BOOST_TEST(enabled("") == "PLAIN LOGIN ");
    BOOST_TEST(enabled("[auth]\nmechanisms = LOGIN\n") == "PLAIN LOGIN ");
    BOOST_TEST(enabled("[auth]\nmechanisms = PLAIN\n") == "PLAIN ");
    BOOST_TEST(enabled("[auth]\nmechanisms = SCRAM-SHA-1 XOAUTH2\n") ==
               "XOAUTH2 SCRAM-SHA-1-PLUS SCRAM-SHA-1 ");
    const std::string external = "[auth]\nmechanisms = EXTERNAL SCRAM-SHA-256\n";
    BOOST_TEST(enabled(external) == "SCRAM-SHA-256-PLUS SCRAM-SHA-256 ");
    BOOST_TEST(enabled(external + "[tls]\nclient-ca = /ca.pem\n") ==
               "EXTERNAL SCRAM-SHA-256-PLUS SCRAM-SHA-256 ");
}

BOOST_AUTO_TEST_CASE(answers_have_a_bound)
{
    const Site site;
    auth::Login longest(site.authenticator);
    BOOST_TEST(told(longest.step(std::string(Exchange::max_answer, 'a'))) ==
               "challenge Password:");
    auth::Login longer(site.authenticator);
    BOOST_TEST(told(longer.step(std::string(Exchange::max_answer + 1, 'a'))) ==
               "syntax");
}

BOOST_AUTO_TEST_SUITE_END()
