// SPDX-License-Identifier: ISC
/// \file
/// The server's side of SASL (RFC 4422): which mechanisms there are, and what an
/// exchange is. Each mechanism has a file in `auth/mechanisms/`.
///
/// All bytes here are decoded: BASE64, the `=` of an empty initial response and the
/// `*` that cancels belong to IMAP, and are dealt with before they get here.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "auth/authenticator.h"
#include "auth/identity.h"
#include "base/random.h"
#include "base/result.h"
#include "config/settings.h"

namespace auth {

enum class Mechanism {
    Oauthbearer,
    Xoauth2,
    External,
    ScramSha256Plus,
    ScramSha1Plus,
    ScramSha256,
    ScramSha1,
    Plain,
    Login,
};

/// The mechanism of that name, in any case.
std::optional<Mechanism> mechanism_named(std::string_view name);
/// As it stands after `AUTH=`.
std::string_view name_of(Mechanism mechanism);
/// All of them, best first.
std::span<const Mechanism> mechanisms();

/// Whether the settings let anybody in by it. A client that was offered less asks for
/// no more, but a login process that is not ours any more may, and says itself which
/// certificate it has seen.
bool is_enabled(Mechanism mechanism, const config::Settings& settings);

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
    /// An answer longer than this is refused, but for a bearer's. Unit: octets.
    static constexpr std::size_t max_answer = 4096;

    virtual ~Exchange() = default;

    virtual Challenge first_challenge() const { return {}; }

    /// The Error is Syntax for an answer that is none of the mechanism's, and Internal
    /// after the end; else one of `Authenticator::verify`'s.
    using Step = std::variant<Challenge, Identity, base::Error>;
    Step step(std::string_view answer);

    /// Whom the client claims to be, as far as it has said; for the log.
    const std::string& user() const { return user_; }

protected:
    /// The longest answer that is taken.
    virtual std::size_t most() const { return max_answer; }
    /// One answer of up to `most` octets.
    virtual Step take(std::string_view answer) = 0;

    std::string user_;

private:
    bool is_over_ = false;
};

/// An exchange by `mechanism`. `authenticator` must outlive it; `random` is for the
/// server's nonces.
std::unique_ptr<Exchange> begin_exchange(Mechanism mechanism,
                                         const Authenticator& authenticator,
                                         base::Random& random);

/// An Error of code Syntax: the answer is none of the mechanism's.
base::Error not_of_the_mechanism(const char* text);

/// saslname, RFC 5801 §4: `=2C` and `=3D` stand for a comma and an equals sign. Nothing
/// for what is none.
std::optional<std::string> from_saslname(std::string_view text);

/// Refuses an authorization identity (RFC 4422 §3.4.1) that is not `user`: nobody may
/// act for somebody else here. Empty is fine.
base::Status check_authorization(std::string_view authorized_as, std::string_view user);

} // namespace auth
