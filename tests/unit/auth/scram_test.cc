// SPDX-License-Identifier: ISC
#include "auth/mechanisms/scram.h"

#include <memory>
#include <string>
#include <variant>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "auth/password.h"
#include "auth/users_file.h"
#include "text/base64.h"

namespace {

using auth::Authenticator;
using auth::Circumstances;
using auth::Exchange;
using auth::Hash;
using auth::Scram;

/// As a passwd-file has them.
std::string stored(Hash hash, const std::string& password, const std::string& salt)
{
    const auto keys =
        auth::scram_keys(hash, password, *text::base64_decode(salt), 4096);
    return (hash == Hash::Sha1 ? "{SCRAM-SHA-1}4096," : "{SCRAM-SHA-256}4096,") + salt +
           ',' + text::base64_encode(keys.stored_key) + ',' +
           text::base64_encode(keys.server_key);
}

std::string line(const std::string& user, const std::string& password)
{
    return user + ':' + password + (::geteuid() == 0 ? ":54321:54322" : "::") +
           "::/home/u::\n";
}

/// What the RFCs' examples need, and a few more.
std::string users_of_the_rfcs()
{
    return line("user", stored(Hash::Sha256, "pencil", "W22ZaJ0SNY7soEsUEjb6gQ==")) +
           line("old", stored(Hash::Sha1, "pencil", "QSXCR+Q6sek8bf92")) +
           line("plain", "{PLAIN}pencil") +
           line("hashed", "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=") +
           line("a=b,c", "{PLAIN}pencil");
}

struct Site {
    explicit Site(Circumstances circumstances = {})
        : authenticator(users.settings, std::move(circumstances))
    {
    }
    UsersFile users{users_of_the_rfcs()};
    Authenticator authenticator;
};

/// The user, "challenge BYTES", or the error's name.
std::string told(const Exchange::Step& step)
{
    if (const auto* const identity = std::get_if<auth::Identity>(&step))
        return identity->user;
    if (const auto* const challenge = std::get_if<auth::Challenge>(&step))
        return "challenge " + challenge->bytes;
    return std::string(base::name_of(std::get<base::Error>(step).code));
}

/// A client of our own, that knows the password.
class Client {
public:
    Client(Hash hash, std::string name, std::string password,
           std::string header = "n,,", std::string binding = {})
        : hash_(hash), password_(std::move(password)), header_(std::move(header)),
          binding_(std::move(binding)), bare_("n=" + std::move(name) + ",r=abc")
    {
    }
    std::string first() const { return header_ + bare_; }
    std::string final(const std::string& server_first) const
    {
        const std::string salt = attribute(server_first, ",s=");
        const auto iterations = std::stoul(attribute(server_first, ",i="));
        const std::string secret =
            auth::salted(hash_, password_, *text::base64_decode(salt),
                         static_cast<std::uint32_t>(iterations));
        const std::string client_key = auth::hmac(hash_, secret, "Client Key");
        const std::string unproved = "c=" + text::base64_encode(header_ + binding_) +
                                     ",r=" + attribute("," + server_first, ",r=");
        const std::string whole = bare_ + ',' + server_first + ',' + unproved;
        const std::string proof = auth::exclusive_or(
            client_key, auth::hmac(hash_, auth::digest(hash_, client_key), whole));
        return unproved + ",p=" + text::base64_encode(proof);
    }

private:
    static std::string attribute(const std::string& message, const std::string& name)
    {
        const std::size_t at = message.find(name) + name.size();
        return message.substr(at, message.find(',', at) - at);
    }
    Hash hash_;
    std::string password_;
    std::string header_;
    std::string binding_;
    std::string bare_;
};

/// What comes of a whole exchange: the user, or the error's name.
std::string outcome(const Site& site, const Client& client, Hash hash,
                    Scram::Binds binds = Scram::Binds::No)
{
    Scram exchange(site.authenticator, hash, binds, "server");
    auto step = exchange.step(client.first());
    if (!std::holds_alternative<auth::Challenge>(step))
        return told(step);
    step = exchange.step(client.final(std::get<auth::Challenge>(step).bytes));
    if (!std::holds_alternative<auth::Challenge>(step))
        return told(step);
    return told(exchange.step(""));
}

std::string first_answer(const Site& site, const std::string& user)
{
    Scram exchange(site.authenticator, Hash::Sha256, Scram::Binds::No, "server");
    return told(exchange.step("n,,n=" + user + ",r=abc"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(scram)

BOOST_AUTO_TEST_CASE(the_example_of_rfc_7677)
{
    const Site site;
    Scram exchange(site.authenticator, Hash::Sha256, Scram::Binds::No,
                   "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
    BOOST_TEST(told(exchange.step("n,,n=user,r=rOprNGfwEbeRWgbNEkqO")) ==
               "challenge r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
               "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
    BOOST_TEST(told(exchange.step(
                   "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                   "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")) ==
               "challenge v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    BOOST_TEST(exchange.user() == "user");
    BOOST_TEST(told(exchange.step("")) == "user");
    BOOST_TEST(told(exchange.step("")) == "internal");
}

BOOST_AUTO_TEST_CASE(the_example_of_rfc_5802)
{
    const UsersFile users(
        line("user", stored(Hash::Sha1, "pencil", "QSXCR+Q6sek8bf92")));
    const Authenticator authenticator(users.settings);
    Scram exchange(authenticator, Hash::Sha1, Scram::Binds::No, "3rfcNHYJY1ZVvWVs7j");
    BOOST_TEST(told(exchange.step("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL")) ==
               "challenge r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
               "s=QSXCR+Q6sek8bf92,i=4096");
    BOOST_TEST(told(exchange.step("c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
                                  "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=")) ==
               "challenge v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");
    BOOST_TEST(told(exchange.step("")) == "user");
}

BOOST_AUTO_TEST_CASE(the_right_password_gets_in_and_no_other)
{
    const Site site;
    const auto try_it = [&](Hash hash, const char* name, const char* password) {
        return outcome(site, Client(hash, name, password), hash);
    };
    BOOST_TEST(try_it(Hash::Sha256, "user", "pencil") == "user");
    BOOST_TEST(try_it(Hash::Sha1, "old", "pencil") == "old");
    BOOST_TEST(try_it(Hash::Sha256, "plain", "pencil") == "plain");
    BOOST_TEST(try_it(Hash::Sha1, "plain", "pencil") == "plain");
    BOOST_TEST(try_it(Hash::Sha256, "a=3Db=2Cc", "pencil") == "a=b,c");
    BOOST_TEST(try_it(Hash::Sha256, "user", "pencils") == "refused");
    BOOST_TEST(try_it(Hash::Sha1, "user", "pencil") == "refused"); // the other hash
    BOOST_TEST(try_it(Hash::Sha256, "hashed", "secret") == "refused");
    BOOST_TEST(try_it(Hash::Sha256, "nobody", "pencil") == "refused");
    BOOST_TEST(try_it(Hash::Sha256, "nobody", "") == "refused");
    BOOST_TEST(try_it(Hash::Sha256, "../user", "pencil") == "refused");
}

BOOST_AUTO_TEST_CASE(somebody_unknown_looks_like_somebody_known)
{
    const Site site;
    const Site again;
    const std::string nobody = first_answer(site, "nobody");
    BOOST_TEST(nobody.starts_with("challenge r=abcserver,s="));
    BOOST_TEST(nobody.ends_with(",i=4096"));
    BOOST_TEST(nobody.size() == first_answer(site, "user").size());
    BOOST_TEST(nobody == first_answer(again, "nobody")); // each time the same
    BOOST_TEST(nobody != first_answer(site, "nobodi"));
    BOOST_TEST(first_answer(site, "hashed").size() == nobody.size());
    BOOST_TEST(first_answer(site, "plain").size() == nobody.size());
    BOOST_TEST(first_answer(site, "plain") == first_answer(again, "plain"));
}

BOOST_AUTO_TEST_CASE(nobody_acts_for_somebody_else)
{
    const Site site;
    const auto with = [&](const char* header) {
        return outcome(site, Client(Hash::Sha256, "user", "pencil", header),
                       Hash::Sha256);
    };
    BOOST_TEST(with("n,a=user,") == "user");
    BOOST_TEST(with("n,a=plain,") == "refused");
    BOOST_TEST(with("n,a=,") == "syntax");
    BOOST_TEST(with("n,x=user,") == "syntax");
}

BOOST_AUTO_TEST_CASE(plus_binds_to_the_channel)
{
    const Site site({"192.0.2.1",
                     "imap",
                     {{"tls-exporter", "key"}, {"tls-server-end-point", "x"}}});
    const auto with = [&](const char* header, const char* binding, Scram::Binds binds) {
        return outcome(site, Client(Hash::Sha256, "user", "pencil", header, binding),
                       Hash::Sha256, binds);
    };
    const auto yes = Scram::Binds::Yes;
    const auto no = Scram::Binds::No;
    BOOST_TEST(with("p=tls-exporter,,", "key", yes) == "user");
    BOOST_TEST(with("p=tls-server-end-point,,", "x", yes) == "user");
    BOOST_TEST(with("p=tls-exporter,,", "other", yes) == "refused"); // in the middle
    BOOST_TEST(with("p=tls-unique,,", "key", yes) == "refused");
    BOOST_TEST(with("n,,", "", yes) == "syntax");
    BOOST_TEST(with("y,,", "", yes) == "syntax");
    BOOST_TEST(with("p=tls-exporter,,", "key", no) == "syntax");
    BOOST_TEST(with("n,,", "", no) == "user");    // a client that cannot
    BOOST_TEST(with("y,,", "", no) == "refused"); // RFC 5802 §6: a downgrade
}

BOOST_AUTO_TEST_CASE(a_client_that_could_bind_and_was_not_told_gets_in)
{
    BOOST_TEST(outcome(Site(), Client(Hash::Sha256, "user", "pencil", "y,,"),
                       Hash::Sha256) == "user");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_not_scram)
{
    const Site site;
    for (const std::string& first :
         {std::string(), std::string("n"), std::string("n,"), std::string("n,,"),
          std::string("n,,r=abc"), std::string("n,,n=user"), std::string("n,,n=,r=abc"),
          std::string("n,,n=user,r="), std::string("n,,n=us=er,r=abc"),
          std::string("n,,n=us=2,r=abc"), std::string("x,,n=user,r=abc"),
          std::string("n,,m=x,n=user,r=abc"), std::string("n,,n=user,r=a\x01"),
          std::string("n,,n=user,r=\xc3\xa9"), std::string("n,,n=u\0r,r=abc", 15)}) {
        Scram exchange(site.authenticator, Hash::Sha256, Scram::Binds::No, "server");
        BOOST_TEST(told(exchange.step(first)) == "syntax", first);
    }
    for (const char* const final :
         {"", "c=biws,r=abcserver",
          "c=biws,r=abcserver,p=", "c=biws,r=abcserver,p=AAAA",
          "r=abcserver,c=biws,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
          "c=biws,r=abcserve,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="}) {
        Scram exchange(site.authenticator, Hash::Sha256, Scram::Binds::No, "server");
        static_cast<void>(exchange.step("n,,n=user,r=abc"));
        BOOST_TEST(told(exchange.step(final)) == "syntax", final);
    }
}

BOOST_AUTO_TEST_CASE(a_nonce_is_fresh)
{
    base::SystemRandom random;
    const std::string one = Scram::fresh_nonce(random);
    BOOST_TEST(one.size() == 24U);
    BOOST_TEST(one.find(',') == std::string::npos);
    BOOST_TEST(one != Scram::fresh_nonce(random));
}

BOOST_AUTO_TEST_SUITE_END()
