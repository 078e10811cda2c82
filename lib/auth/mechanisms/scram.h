// SPDX-License-Identifier: ISC
/// \file
/// SCRAM-SHA-1 (RFC 5802) and SCRAM-SHA-256 (RFC 7677), and both with -PLUS: the client
/// proves that it knows the password without saying it, the server that it knows the
/// keys, and with -PLUS both that nobody sits in the middle of the TLS between them.
#pragma once

#include <string>
#include <string_view>

#include "auth/hash.h"
#include "auth/mechanism.h"
#include "base/random.h"

namespace auth {

/// Three messages of the client: first, final, and an empty one after the server has
/// proved itself, since IMAP has no place for data in its OK.
///
/// A user whom nobody knows is asked for a proof as others are, with a salt of his own
/// that is always the same, and refused as with a wrong one. So is one whose stored
/// password is a hash that SCRAM can do nothing with.
class Scram final : public Exchange {
public:
    enum class Binds { No, Yes };

    /// `nonce` is the server's part: printable ASCII without a comma, and never used
    /// before.
    Scram(const Authenticator& authenticator, Hash hash, Binds binds,
          std::string nonce);

    static std::string fresh_nonce(base::Random& random);

private:
    Step take(std::string_view answer) override;
    Step first(std::string_view message);
    Step final(std::string_view message);

    /// What `c=` of the final message must hold, decoded; decides by the
    /// gs2-cbind-flag.
    base::Status take_binding(std::string_view gs2_header);
    Step challenge();

    const Authenticator* authenticator_;
    Hash hash_;
    Binds binds_;
    std::string nonce_;

    enum class State { First, Final, Proved } state_ = State::First;
    std::string binding_;      ///< cbind-input, RFC 5802 §7
    std::string client_first_; ///< client-first-message-bare
    std::string server_first_;
    std::optional<Authenticator::Credentials> credentials_;
};

} // namespace auth
