// SPDX-License-Identifier: ISC
/// \file
/// One attempt to log in, in a process of its own, which becomes the session if it
/// succeeds and is gone if it does not.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <sys/types.h>

#include "auth/identity.h"
#include "base/turnstile.h"
#include "base/unique_fd.h"
#include "config/settings.h"
#include "ipc/auth.h"
#include "ipc/channel.h"
#include "log/log.h"
#include "sandbox/seccomp.h"

namespace authenticate {

/// An exchange that takes longer is over.
inline constexpr std::int64_t attempt_ms = 60'000;

/// What an attempt finds around it. All borrowed.
struct Surroundings {
    const config::Settings* settings;
    ipc::Channel* requests;         ///< of all login processes
    ipc::Channel* notices;          ///< to the supervisor
    std::optional<uid_t> login_uid; ///< whose requests count; nullopt: anybody's
    /// For an attempt that may be one with PAM or not, or null where there is none.
    const sandbox::Filter* filter = nullptr;
    const base::Turnstile* hashing = nullptr; ///< see `auth::Authenticator`
    /// Makes the fingerprints of what failed. Wiped before there is a session.
    std::string* fingerprint_key = nullptr;
};

/// Somebody has logged in, and this process is his: it runs with his rights.
struct Success {
    auth::Identity identity;
    ipc::AuthRequest request; ///< tag, peer, tls
    std::string received;     ///< what the client has sent since
    base::UniqueFd stream;    ///< the client, or the relay to it
    logging::Log log;         ///< with user, ip and the connection's id
};

/// Takes one request from the shared socket and answers it. Gives what `session` gives
/// if somebody was let in, else 0.
int attempt(const Surroundings& surroundings,
            const std::function<int(const Success&)>& session);

} // namespace authenticate
