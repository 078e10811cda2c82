// SPDX-License-Identifier: ISC
#pragma once

#include "base/unique_fd.h"
#include "ipc/login.h"
#include "login/connection.h"

namespace login {

/// Serves one client of `[auth] socket`, another server of this machine, until it goes.
/// The whole life of a process.
void serve_sasl(base::UniqueFd socket, const ipc::Client& client, const Common& common);

} // namespace login
