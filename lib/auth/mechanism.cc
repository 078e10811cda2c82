// SPDX-License-Identifier: ISC
#include "auth/mechanism.h"

#include <array>
#include <utility>

#include <strings.h>

namespace auth {

using base::Errc;
using base::Error;

namespace {

constexpr std::array<Mechanism, 2> all = {Mechanism::Plain, Mechanism::Login};

Error wrong(const char* text)
{
    return {Errc::Syntax, text, 0};
}

} // namespace

std::span<const Mechanism> mechanisms()
{
    return all;
}

std::string_view name_of(Mechanism mechanism)
{
    return mechanism == Mechanism::Plain ? "PLAIN" : "LOGIN";
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

Challenge Exchange::first_challenge() const
{
    return {mechanism_ == Mechanism::Login ? "Username:" : ""};
}

Exchange::Step Exchange::step(std::string_view answer)
{
    if (state_ == State::Over)
        return Error{Errc::Internal, "the exchange is over", 0};
    const State before = std::exchange(state_, State::Over);
    if (answer.size() > max_answer)
        return wrong("a SASL answer that is too long");
    if (mechanism_ == Mechanism::Plain)
        return plain(answer);
    return before == State::Start ? login_user(answer) : verify(answer);
}

/// message = [authzid] NUL authcid NUL passwd (RFC 4616 §2)
Exchange::Step Exchange::plain(std::string_view answer)
{
    const std::size_t first = answer.find('\0');
    if (first == std::string_view::npos)
        return wrong("PLAIN without a NUL");
    const std::size_t second = answer.find('\0', first + 1);
    if (second == std::string_view::npos)
        return wrong("PLAIN with one NUL only");
    const std::string_view authorized_as = answer.substr(0, first);
    const std::string_view password = answer.substr(second + 1);
    user_ = answer.substr(first + 1, second - first - 1);
    if (user_.empty() || password.empty() ||
        password.find('\0') != std::string_view::npos)
        return wrong("PLAIN with an empty field or one too many");
    if (!authorized_as.empty() && authorized_as != user_)
        return Error{Errc::Refused, "nobody may act for somebody else here", 0};
    return verify(password);
}

Exchange::Step Exchange::login_user(std::string_view answer)
{
    if (answer.empty())
        return wrong("LOGIN without a user");
    user_ = answer;
    state_ = State::HaveUser;
    return Challenge{"Password:"};
}

Exchange::Step Exchange::verify(std::string_view password)
{
    auto identity = authenticator_->verify(user_, password);
    if (!identity)
        return identity.error();
    return std::move(*identity);
}

} // namespace auth
