// SPDX-License-Identifier: ISC
/// \file
/// Users that a checkpassword program knows (https://cr.yp.to/checkpwd/interface.html):
/// vmailmgr's, vpopmail's, one that somebody has written for a database.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/password_source.h"

namespace auth {

/// `[auth] checkpassword`. The program reads, from descriptor 3, the user's name, the
/// password, and an empty time stamp, each with a NUL behind it. If they are right it
/// becomes the user, with USER and HOME in the environment, and executes what it was
/// given as arguments: here a shell that tells us who it has become.
class CheckpasswordSource final : public PasswordSource {
public:
    /// The interface: nobody sends more. Unit: octets.
    static constexpr std::size_t max_input = 512;
    static constexpr int patience_ms = 30'000;

    explicit CheckpasswordSource(std::string program) : program_(std::move(program)) {}

    base::Result<PasswdEntry> check(std::string_view user, std::string_view password,
                                    const Circumstances& circumstances) const override;
    std::vector<std::string> complaints() const override;

private:
    std::string program_;
};

} // namespace auth
