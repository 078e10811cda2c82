// SPDX-License-Identifier: ISC
#pragma once

#include "base/unique_fd.h"
#include "io/wait.h"
#include "tls/channel.h"

namespace login {

/// Passes octets between a client behind TLS and its session until neither has more
/// to say, and nothing else: what a login process becomes when its client is in.
///
/// It holds what one side has sent and the other does not take yet, at most
/// `relay_buffer` octets in each direction, and reads no more until that is gone; so a
/// slow reader slows its writer down, and an idle connection holds no buffer.
///
/// The end of one direction is passed on while the other goes on: the client's end of
/// file becomes the session's, the session's becomes close_notify and FIN, after all
/// that it wrote. Returns when both have ended or the client is gone.
void relay(tls::Channel& client, base::UniqueFd session, io::Wait& wait);

inline constexpr std::size_t relay_buffer = 16384;

} // namespace login
