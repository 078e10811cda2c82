// SPDX-License-Identifier: ISC
/// \file
/// The server's side of SASL: PLAIN (RFC 4616) and LOGIN (draft-murchison-sasl-login).
///
/// All bytes here are decoded: BASE64, the `=` of an empty initial response and the
/// `*` that cancels belong to IMAP, and are dealt with before they get here.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "auth/authenticator.h"
#include "auth/identity.h"
#include "base/result.h"

namespace auth {

enum class Mechanism { Plain, Login };

/// The mechanism of that name, in any case.
std::optional<Mechanism> mechanism_named(std::string_view name);
/// As it stands after `AUTH=`.
std::string_view name_of(Mechanism mechanism);
/// All of them, best first.
std::span<const Mechanism> mechanisms();

/// What the server says next.
struct Challenge {
    std::string bytes;
};

/// One exchange; ends with the first answer that is not a Challenge.
///
/// A client that sends an initial response gets no first challenge: `step` is called
/// with it at once. Otherwise the server sends `first_challenge()` and then steps
/// with the answer.
class Exchange {
public:
    /// An answer longer than this is refused. Unit: octets.
    static constexpr std::size_t max_answer = 4096;

    /// `authenticator` must outlive the exchange.
    Exchange(const Authenticator& authenticator, Mechanism mechanism)
        : authenticator_(&authenticator), mechanism_(mechanism)
    {
    }

    /// Empty for PLAIN, `Username:` for LOGIN.
    Challenge first_challenge() const;

    /// The Error is Syntax for an answer that is none of the mechanism's, else one of
    /// `Authenticator::verify`'s.
    using Step = std::variant<Challenge, Identity, base::Error>;
    Step step(std::string_view answer);

    /// Whom the client claims to be, as far as it has said; for the log.
    const std::string& user() const { return user_; }

private:
    Step plain(std::string_view answer);
    Step login_user(std::string_view answer);
    Step verify(std::string_view password);

    const Authenticator* authenticator_;
    Mechanism mechanism_;
    enum class State { Start, HaveUser, Over } state_ = State::Start;
    std::string user_;
};

} // namespace auth
