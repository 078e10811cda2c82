// SPDX-License-Identifier: ISC
#pragma once

#include <csignal>

#include "base/unique_fd.h"
#include "config/settings.h"
#include "ipc/channel.h"
#include "ipc/login.h"
#include "log/log.h"
#include "login/greeting.h"
#include "sandbox/seccomp.h"
#include "tls/channel.h"

namespace login {

/// What all connections of a zygote share. Borrowed.
struct Common {
    const config::Settings* settings;
    tls::Server* tls; ///< null: no TLS here
    ipc::Channel* requests;
    const sandbox::Filter* filter; ///< for those that serve a client; null: none
    sigset_t while_waiting;        ///< signals are blocked but for waits
    const volatile std::sig_atomic_t* stop; ///< SIGTERM has come
};

/// Serves one client from its first octet until it is somebody's session, or gone; with
/// TLS, until that session has ended. The whole life of a login process.
void serve(base::UniqueFd socket, const ipc::Client& client, const Common& common);

} // namespace login
