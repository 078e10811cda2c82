// SPDX-License-Identifier: ISC
/// \file
/// System users, by PAM.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/password_source.h"

namespace auth {

/// `[auth] pam`: the service that checks passwords.
///
/// Each check is a process of its own. A module may leave behind what it likes, memory,
/// descriptors, threads, and hang as long as it likes; this process may become
/// somebody's session.
///
/// It runs authentication, account management, and a session that is opened and closed
/// again: what a session is good for here (a home made at the first login, a line in
/// the log) is done by then, and to close it at the end a process as root would have to
/// stay with every client.
class PamSource final : public PasswordSource {
public:
    /// A service that has not decided by then is killed.
    static constexpr int patience_ms = 30'000;

    /// `directory` has the service's file, in place of the system's; for tests.
    explicit PamSource(std::string service, std::string directory = {})
        : service_(std::move(service)), directory_(std::move(directory))
    {
    }

    /// The entry has the name that PAM gives the user in the end, and nothing else. An
    /// expired password is a wrong one: nobody can be asked for another here.
    base::Result<PasswdEntry> check(std::string_view user, std::string_view password,
                                    const Circumstances& circumstances) const override;
    std::vector<std::string> complaints() const override;

private:
    std::string service_;
    std::string directory_;
};

} // namespace auth
