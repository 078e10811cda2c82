// SPDX-License-Identifier: ISC
/// \file
/// deliver --lmtp: where clients come from, and the processes for them.
#pragma once

#include "base/result.h"
#include "config/settings.h"

namespace deliver {

/// Serves LMTP until it is told to end, by the first of these doors that is there:
///
/// 1. listening sockets that systemd passes, or one on standard input (inetd, `wait`);
/// 2. a client on standard input (inetd, `nowait`), for whom alone it then is;
/// 3. `[lmtp] listen`;
/// 4. standard input and output, whatever they are.
///
/// What a client sends is read by a process of its own, the clerk (`lmtp_wall`), where
/// we are root and so have something to lose.
///
/// Errors: of sockets that cannot be opened; of `clerk_user`.
base::Status serve_lmtp(const config::Settings& settings);

} // namespace deliver
