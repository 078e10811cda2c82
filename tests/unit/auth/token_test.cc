// SPDX-License-Identifier: ISC
#include "auth/token.h"

#include <ostream>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "auth/signer.h"

namespace {

constexpr std::int64_t now = 1'700'000'000;

config::Settings::Oauth settings()
{
    config::Settings::Oauth made;
    made.issuer = "https://id.example";
    made.audience = "imap";
    return made;
}

std::string outcome(const std::string& token, const Signer& signer)
{
    const auto keys = auth::SigningKeys::parse(signer.pem());
    BOOST_REQUIRE(keys.has_value());
    const auto user = auth::user_of_token(token, *keys, settings(), now);
    if (user)
        return *user;
    BOOST_TEST((user.error().code == base::Errc::Refused));
    return user.error().text;
}

const std::string fine = R"("iss":"https://id.example","aud":"imap","exp":1700000100)";

struct Case {
    const char* claims;
    const char* expected;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.claims;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(token)

const Case cases[] = {
    {R"("iss":"https://id.example","aud":"imap","exp":1700000100)", "ann@example.org"},
    {R"("iss":"https://id.example","aud":["web","imap"],"exp":1700000100)",
     "ann@example.org"},
    {R"("iss":"https://id.example","aud":"imap","exp":1700000100,"nbf":1700000050)",
     "ann@example.org"}, // within a minute
    {R"("iss":"https://id.example","aud":"imap","exp":1699999941)", "ann@example.org"},
    {R"("iss":"https://id.example","aud":"imap","exp":1699999940)", "token: expired"},
    {R"("iss":"https://id.example","aud":"imap")", "token: expired"},
    {R"("iss":"https://id.example","aud":"imap","exp":"1700000100")", "token: expired"},
    {R"("iss":"https://id.example","aud":"imap","exp":1700000100,"nbf":1700000061)",
     "token: not valid yet"},
    {R"("iss":"https://id.example","aud":"imap","exp":1700000100,"nbf":"x")",
     "token: not valid yet"},
    {R"("iss":"https://id.example/","aud":"imap","exp":1700000100)",
     "token: another issuer"},
    {R"("aud":"imap","exp":1700000100)", "token: another issuer"},
    {R"("iss":"https://id.example","aud":"web","exp":1700000100)",
     "token: for another audience"},
    {R"("iss":"https://id.example","aud":["web"],"exp":1700000100)",
     "token: for another audience"},
    {R"("iss":"https://id.example","exp":1700000100)", "token: for another audience"},
};

BOOST_DATA_TEST_CASE(claims_decide, cases)
{
    const Signer signer(Signer::Kind::P256);
    const std::string claims =
        std::string("{\"email\":\"ann@example.org\",") + sample.claims + "}";
    BOOST_TEST(outcome(signer.token(claims), signer) == sample.expected);
}

BOOST_AUTO_TEST_CASE(both_algorithms_count)
{
    const std::string claims = "{\"email\":\"ann\"," + fine + "}";
    for (const auto kind : {Signer::Kind::P256, Signer::Kind::Rsa2048}) {
        const Signer signer(kind);
        BOOST_TEST(outcome(signer.token(claims), signer) == "ann");
        const Signer other(kind);
        BOOST_TEST(outcome(other.token(claims), signer) ==
                   "token: not signed by a key of ours");
    }
}

BOOST_AUTO_TEST_CASE(the_user_must_be_named)
{
    const Signer signer(Signer::Kind::P256);
    for (const char* const claims : {"", "\"email\":\"\",", "\"email\":7,"})
        BOOST_TEST(outcome(signer.token(std::string("{") + claims + fine + "}"),
                           signer) == "token: without the claim that names the user");
}

BOOST_AUTO_TEST_CASE(headers_that_are_not_ours_are_refused)
{
    const Signer signer(Signer::Kind::P256);
    const std::string claims = "{\"email\":\"ann\"," + fine + "}";
    for (const char* const algorithm : {"none", "HS256", "RS512", "es256"})
        BOOST_TEST(outcome(signer.token(claims,
                                        std::string("{\"alg\":\"") + algorithm + "\"}"),
                           signer) == "token: not signed by RS256 or ES256");
    // The signature is ES256's: the key of one algorithm is not one of another.
    BOOST_TEST(outcome(signer.token(claims, R"({"alg":"RS256"})"), signer) ==
               "token: not signed by a key of ours");
    BOOST_TEST(outcome(signer.token(claims, R"({"alg":"ES256","crit":["b64"]})"),
                       signer) == "token: a critical header");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_damaged)
{
    const Signer signer(Signer::Kind::P256);
    const std::string token = signer.token("{\"email\":\"ann\"," + fine + "}");
    const std::size_t claims = token.find('.') + 1;
    std::string changed = token;
    changed[claims + 12] = changed[claims + 12] == 'A' ? 'B' : 'A';
    BOOST_TEST(outcome(changed, signer).starts_with("token: not"));
    for (const std::string& damaged :
         {std::string(), std::string(".."), token.substr(0, token.rfind('.')),
          token.substr(0, token.rfind('.') + 1), token + ".x", token + "=", "x" + token,
          token.substr(1)})
        BOOST_TEST(outcome(damaged, signer).starts_with("token: not"), damaged);
    BOOST_TEST(outcome(token + std::string(auth::max_token, 'A'), signer) ==
               "token: too long");
}

BOOST_AUTO_TEST_SUITE_END()
