// SPDX-License-Identifier: ISC
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/circumstances.h"
#include "auth/passwd_file.h"
#include "base/result.h"
#include "base/turnstile.h"
#include "config/settings.h"

namespace auth {

/// Somewhere that knows users and can tell whether a password is right: a
/// passwd-file; PAM. `Authenticator` asks one after the other.
class PasswordSource {
public:
    virtual ~PasswordSource() = default;

    /// What the source knows about `user`, whose `password` was right and who may log
    /// in under these circumstances.
    ///
    /// Errors: NotFound if it does not know the user: the next source is asked, and
    /// the source has spent the time a wrong password costs. Refused for a wrong
    /// password. Anything else is the server's fault, and goes to the log.
    virtual base::Result<PasswdEntry>
    check(std::string_view user, std::string_view password,
          const Circumstances& circumstances) const = 0;

    /// What is wrong with the source, for the log; one sentence each.
    virtual std::vector<std::string> complaints() const = 0;
};

/// `[auth] passwd-file`, read anew for each check, so that a change counts at once.
class PasswdFileSource final : public PasswordSource {
public:
    /// `hashing` as `Authenticator` has it.
    PasswdFileSource(std::string path, config::WeakSchemes weak,
                     const base::Turnstile* hashing = nullptr)
        : path_(std::move(path)), weak_(weak), hashing_(hashing)
    {
    }
    base::Result<PasswdEntry> check(std::string_view user, std::string_view password,
                                    const Circumstances& circumstances) const override;
    std::vector<std::string> complaints() const override;

private:
    bool counts(std::string_view stored) const;

    std::string path_;
    config::WeakSchemes weak_;
    const base::Turnstile* hashing_;
};

/// The file at `path`, for somebody who logs in: that it is not there is a fault then
/// (Io), not a user we do not know. Other errors: those of `PasswdFile::load`.
base::Result<PasswdFile> load_passwd_file(const std::string& path);

/// The entry of `user`, likewise. Errors: NotFound; Cannot for a line that is wrong,
/// which somebody who logs in must not take for a mistake of his.
base::Result<PasswdEntry> find_entry(const PasswdFile& file, std::string_view user);

} // namespace auth
