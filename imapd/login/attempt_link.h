// SPDX-License-Identifier: ISC
#pragma once

#include <string_view>

#include "base/unique_fd.h"
#include "io/deadline.h"
#include "io/wait.h"
#include "ipc/channel.h"
#include "login/commands.h"

namespace login {

/// The way to the attempts: asks for one by the socket that all login processes share,
/// and talks to it through a socket of its own.
///
/// Of an attempt that dies, or takes too long, the client hears UNAVAILABLE.
class AttemptLink final : public Verifier {
public:
    /// All are borrowed. `client` is the client's socket.
    AttemptLink(ipc::Channel& requests, const io::Wait& wait, int client)
        : requests_(&requests), wait_(&wait), client_(client),
          deadline_(io::Deadline::never())
    {
    }

    /// When a client must have logged in.
    void set_deadline(io::Deadline deadline) { deadline_ = deadline; }
    /// From now on sessions get one end of a socket pair instead of the client's
    /// socket, since TLS runs on that.
    void tls_runs() { tls_ = true; }

    ipc::AuthReply begin(const ipc::AuthRequest& request) override;
    ipc::AuthReply answer(std::string_view response) override;
    void cancel() override;

    /// Makes the stream the session's, with what the client has sent already. Gives
    /// our end of the stream if TLS runs on it; else an invalid descriptor: the
    /// session has the client's socket and we are not needed any more.
    base::UniqueFd hand_over(std::string_view received);

private:
    ipc::AuthReply reply();

    ipc::Channel* requests_;
    const io::Wait* wait_;
    int client_;
    io::Deadline deadline_;
    bool tls_ = false;
    ipc::Channel attempt_;
    base::UniqueFd session_; ///< our end of the stream, with TLS
};

} // namespace login
