// SPDX-License-Identifier: ISC
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/accounts.h"
#include "auth/circumstances.h"
#include "auth/identity.h"
#include "auth/password_source.h"
#include "auth/stored_password.h"
#include "base/result.h"
#include "base/turnstile.h"
#include "config/settings.h"

namespace auth {

/// Says who may log in, by the settings, under the circumstances of one attempt.
class Authenticator {
public:
    /// Opens nothing yet. `hashing`, borrowed: where to wait for a turn before a
    /// password is hashed, which takes memory and processors; null: nowhere. What PAM
    /// and programs do needs no turn: most of it is waiting for somebody else.
    explicit Authenticator(const config::Settings& settings,
                           Circumstances circumstances = {},
                           const base::Turnstile* hashing = nullptr);

    /// Who `user` is, if `password` is right. As slow for somebody unknown as for a
    /// wrong password.
    ///
    /// Errors: Refused for both, and for a user who may not log in: the client hears
    /// "authentication failed" and no more, the log hears the text. Any other code
    /// is the server's fault (NO [UNAVAILABLE]): a file that cannot be read, a line
    /// of the file that is wrong, an account that does not exist.
    base::Result<Identity> verify(std::string_view user,
                                  std::string_view password) const;

    /// Keys for a SCRAM exchange (RFC 5802 §3), and whose they are.
    struct Credentials {
        ScramKeys keys;
        /// The user; else why nobody can get in by these keys, which look as those of a
        /// user would: the same for the same name each time, whoever asks.
        base::Result<PasswdEntry> entry;
    };
    /// The keys of `user`: those that the passwd-file has for that hash, or made of a
    /// password that it has as it is. Error: the server's fault, as above.
    base::Result<Credentials> credentials(std::string_view user, Hash hash) const;

    /// Who the user is whose `credentials` have been proved. Errors: as of `verify`.
    base::Result<Identity> admit(const PasswdEntry& entry) const;

    /// Who `user` is, whom something else than a password has proved: a user of the
    /// passwd-file; where there is none, an account of the system, or whoever `[mail]
    /// user` serves. Errors: as of `verify`.
    base::Result<Identity> identify(std::string_view user) const;

    /// Who the user is whom `token` is for, and who is `claimed` if that is not empty.
    /// Errors: as of `verify`; Cannot without keys.
    base::Result<Identity> verify_token(std::string_view claimed,
                                        std::string_view token) const;

    const Circumstances& circumstances() const { return circumstances_; }

    /// What `verify` would skip, for the log and for `--check`.
    std::vector<std::string> complaints() const;

private:
    void verify_in_vain(std::string_view password) const;
    base::Result<PasswdEntry> check(std::string_view user,
                                    std::string_view password) const;

    Accounts accounts_;
    Circumstances circumstances_;
    std::string passwd_file_;
    config::WeakSchemes weak_schemes_;
    const base::Turnstile* hashing_;
    config::Settings::Oauth oauth_;
    std::vector<std::unique_ptr<PasswordSource>> sources_;
};

} // namespace auth
