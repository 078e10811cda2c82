// SPDX-License-Identifier: ISC
#pragma once

#include <string_view>
#include <utility>

#include "auth/identity.h"
#include "auth/passwd_file.h"
#include "base/result.h"
#include "config/settings.h"

namespace auth {

/// Turns the name of a user, or what is known about him, into an `Identity`, by the
/// settings. Passwords are `Authenticator`'s: who only delivers mail needs none of
/// that, nor the libraries that go with it.
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
class Accounts {
public:
    /// Opens nothing yet.
    explicit Accounts(config::Settings settings) : settings_(std::move(settings)) {}

    /// Who `user` of the passwd-file is.
    /// Errors: Refused for a name that cannot be one; NotFound for somebody unknown,
    /// and where there is no passwd-file; Syntax or Unsupported for a line of the file
    /// that is wrong; Cannot for an account that does not exist.
    base::Result<Identity> identify(std::string_view user) const;

    /// Who the user of `entry` is. Errors: Cannot, and Refused without root.
    base::Result<Identity> identity_of(const PasswdEntry& entry) const;

private:
    config::Settings settings_;
};

/// Whoever runs this process: the Identity for `--stdio` and for `deliver` without
/// `-d`. Home is `$HOME` or the account's, the user's name the account's or the uid.
///
/// To ask for the account can cost more than to deliver a message. So where `$HOME` is
/// set and no path of the settings has a `%` in it, which would need the name,
/// `$LOGNAME` or the uid does for the log. For a path it would not do: environments
/// that were made for somebody else are seen too often.
///
/// Errors: Cannot when `[mail] location` needs what is not known.
base::Result<Identity> identity_of_self(const config::Settings& settings);

} // namespace auth
