// SPDX-License-Identifier: ISC
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "auth/identity.h"
#include "auth/password_source.h"
#include "base/result.h"
#include "config/settings.h"

namespace auth {

/// Turns a user name and a password into an `Identity`, by the settings.
///
/// Who somebody is on the system, as root:
/// - the uid of the entry; if it has a home but no uid, `[mail] user`; if it has
///   neither, the system account of that name with its home, if there is one with a
///   uid of 1000 or more, else `[mail] user`;
/// - the gid of the entry, or else of the account of that uid, or of `[mail] user`;
/// - uid 0 and gid 0 are never anybody's.
///
/// Without root only the user who runs the server is served: every entry whose uid
/// is empty or his own is him.
class Authenticator {
public:
    /// Opens nothing yet.
    explicit Authenticator(const config::Settings& settings);

    /// Who `user` is, if `password` is right. As slow for somebody unknown as for a
    /// wrong password.
    ///
    /// Errors: Refused for both, and for a user who may not log in: the client hears
    /// "authentication failed" and no more, the log hears the text. Any other code
    /// is the server's fault (NO [UNAVAILABLE]): a file that cannot be read, a line
    /// of the file that is wrong, an account that does not exist.
    base::Result<Identity> verify(std::string_view user,
                                  std::string_view password) const;

    /// Who `user` is, without a password: for `deliver -d` and `--stdio`.
    /// Errors: as `verify`, but NotFound for somebody unknown, and where there is no
    /// passwd-file.
    base::Result<Identity> identify(std::string_view user) const;

    /// What `verify` would skip, for the log and for `--check`.
    std::vector<std::string> complaints() const;

private:
    base::Result<Identity> identity_of(const PasswdEntry& entry) const;

    config::Settings settings_;
    std::vector<std::unique_ptr<PasswordSource>> sources_;
};

/// Whoever runs this process: the Identity for `--stdio` and for `deliver` without
/// `-d`. Home is `$HOME` or the account's, the user's name the account's or the uid.
/// Errors: Cannot when `[mail] location` needs what is not known.
base::Result<Identity> identity_of_self(const config::Settings& settings);

} // namespace auth
