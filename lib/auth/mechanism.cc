// SPDX-License-Identifier: ISC
#include "auth/mechanism.h"

#include <array>

#include <strings.h>

#include "auth/mechanisms/bearer.h"
#include "auth/mechanisms/external.h"
#include "auth/mechanisms/login.h"
#include "auth/mechanisms/plain.h"
#include "auth/mechanisms/scram.h"
#include "config/values.h"

namespace auth {

using base::Errc;
using base::Error;

namespace {

constexpr std::array<Mechanism, 9> all = {
    Mechanism::Oauthbearer,     Mechanism::Xoauth2,       Mechanism::External,
    Mechanism::ScramSha256Plus, Mechanism::ScramSha1Plus, Mechanism::ScramSha256,
    Mechanism::ScramSha1,       Mechanism::Plain,         Mechanism::Login};

} // namespace

std::span<const Mechanism> mechanisms()
{
    return all;
}

std::string_view name_of(Mechanism mechanism)
{
    switch (mechanism) {
    case Mechanism::Oauthbearer:
        return "OAUTHBEARER";
    case Mechanism::Xoauth2:
        return "XOAUTH2";
    case Mechanism::External:
        return "EXTERNAL";
    case Mechanism::ScramSha256Plus:
        return "SCRAM-SHA-256-PLUS";
    case Mechanism::ScramSha1Plus:
        return "SCRAM-SHA-1-PLUS";
    case Mechanism::ScramSha256:
        return "SCRAM-SHA-256";
    case Mechanism::ScramSha1:
        return "SCRAM-SHA-1";
    case Mechanism::Plain:
        return "PLAIN";
    case Mechanism::Login:
        break;
    }
    return "LOGIN";
}

std::optional<Mechanism> mechanism_named(std::string_view name)
{
    for (const Mechanism mechanism : all) {
        const std::string_view its_name = name_of(mechanism);
        if (name.size() == its_name.size() &&
            ::strncasecmp(name.data(), its_name.data(), name.size()) == 0)
            return mechanism;
    }
    return std::nullopt;
}

bool is_enabled(Mechanism mechanism, const config::Settings& settings)
{
    const auto has = [&](std::string_view name) {
        return config::is_among(name, settings.auth.mechanisms);
    };
    switch (mechanism) {
    case Mechanism::External: // else nobody has been asked for a certificate
        return has("EXTERNAL") && !settings.tls.client_ca.empty();
    case Mechanism::ScramSha256Plus:
        return has("SCRAM-SHA-256");
    case Mechanism::ScramSha1Plus:
        return has("SCRAM-SHA-1");
    case Mechanism::Plain: // as which the command LOGIN comes too
        return has("PLAIN") || has("LOGIN");
    case Mechanism::Oauthbearer:
    case Mechanism::Xoauth2:
    case Mechanism::ScramSha256:
    case Mechanism::ScramSha1:
    case Mechanism::Login:
        break;
    }
    return has(name_of(mechanism));
}

Exchange::Step Exchange::step(std::string_view answer)
{
    if (is_over_)
        return Error{Errc::Internal, "the exchange is over", 0};
    Step next = answer.size() > most()
                    ? not_of_the_mechanism("a SASL answer that is too long")
                    : take(answer);
    is_over_ = !std::holds_alternative<Challenge>(next);
    return next;
}

std::unique_ptr<Exchange> begin_exchange(Mechanism mechanism,
                                         const Authenticator& authenticator,
                                         base::Random& random)
{
    using Binds = Scram::Binds;
    const auto scram = [&](Hash hash, Binds binds) {
        return std::make_unique<Scram>(authenticator, hash, binds,
                                       Scram::fresh_nonce(random));
    };
    switch (mechanism) {
    case Mechanism::Oauthbearer:
        return std::make_unique<Bearer>(authenticator, Bearer::Form::Oauthbearer);
    case Mechanism::Xoauth2:
        return std::make_unique<Bearer>(authenticator, Bearer::Form::Xoauth2);
    case Mechanism::External:
        return std::make_unique<External>(authenticator);
    case Mechanism::ScramSha256Plus:
        return scram(Hash::Sha256, Binds::Yes);
    case Mechanism::ScramSha1Plus:
        return scram(Hash::Sha1, Binds::Yes);
    case Mechanism::ScramSha256:
        return scram(Hash::Sha256, Binds::No);
    case Mechanism::ScramSha1:
        return scram(Hash::Sha1, Binds::No);
    case Mechanism::Plain:
        return std::make_unique<Plain>(authenticator);
    case Mechanism::Login:
        break;
    }
    return std::make_unique<Login>(authenticator);
}

Error not_of_the_mechanism(const char* text)
{
    return {Errc::Syntax, text, 0};
}

/// saslname = 1*(value-safe-char / "=2C" / "=3D"), RFC 5802 §7
std::optional<std::string> from_saslname(std::string_view text)
{
    std::string name;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '=') {
            name += text[i];
            continue;
        }
        const std::string_view escape = text.substr(i, 3);
        if (escape != "=2C" && escape != "=3D")
            return std::nullopt;
        name += escape == "=2C" ? ',' : '=';
        i += 2;
    }
    if (name.empty() || name.find('\0') != std::string::npos)
        return std::nullopt;
    return name;
}

base::Status check_authorization(std::string_view authorized_as, std::string_view user)
{
    if (authorized_as.empty() || authorized_as == user)
        return base::Done{};
    return Error{Errc::Refused, "nobody may act for somebody else here", 0};
}

} // namespace auth
