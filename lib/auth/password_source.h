// SPDX-License-Identifier: ISC
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/passwd_file.h"
#include "base/result.h"

namespace auth {

/// Somewhere that knows users and can tell whether a password is right: a
/// passwd-file; PAM. `Authenticator` asks one after the other.
class PasswordSource {
public:
    virtual ~PasswordSource() = default;

    /// What the source knows about `user`, whose `password` was right.
    ///
    /// Errors: NotFound if it does not know the user: the next source is asked, and
    /// the source has spent the time a wrong password costs. Refused for a wrong
    /// password. Anything else is the server's fault, and goes to the log.
    virtual base::Result<PasswdEntry> check(std::string_view user,
                                            std::string_view password) const = 0;

    /// What the source knows about `user`, without a password. Errors: NotFound if that
    /// is nothing, also where the source itself is not there; the server's.
    virtual base::Result<PasswdEntry> find(std::string_view user) const = 0;

    /// What is wrong with the source, for the log; one sentence each.
    virtual std::vector<std::string> complaints() const = 0;
};

/// `[auth] passwd-file`, read anew for each check, so that a change counts at once.
class PasswdFileSource final : public PasswordSource {
public:
    explicit PasswdFileSource(std::string path) : path_(std::move(path)) {}
    base::Result<PasswdEntry> check(std::string_view user,
                                    std::string_view password) const override;
    base::Result<PasswdEntry> find(std::string_view user) const override;
    std::vector<std::string> complaints() const override;

private:
    std::string path_;
};

} // namespace auth
