// SPDX-License-Identifier: ISC
/// \file
/// A client of LMTP and the processes that serve it alone.
#pragma once

#include <string>

#include "base/unique_fd.h"
#include "config/settings.h"
#include "deliver/lmtp_wall.h"
#include "ipc/channel.h"

namespace deliver {

/// A client's connection, in two descriptors.
struct LmtpClient {
    base::UniqueFd in;
    base::UniqueFd out;

    /// The address at its other end; empty where there is none.
    std::string peer() const;
};

/// Our name in the greeting and in trace fields.
std::string host_name();

/// Serves the client until it is gone: by a clerk, if there is a `user` for one.
void serve(LmtpClient client, ClerkUser user, const config::Settings& settings);

/// The life of a clerk, whose mailroom is at the other end of `mailroom`. Its log may
/// be out of its reach: whoever waits for it tells.
[[noreturn]] void live_as_clerk(const LmtpClient& client, ipc::Channel mailroom,
                                ClerkUser user, const config::Settings& settings);

/// Logs how a clerk has ended, as waitpid(2) gives it, if that is worth a line.
void tell_of_clerk(int status);

} // namespace deliver
