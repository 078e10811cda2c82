// SPDX-License-Identifier: ISC
/// \file
/// The wall between the process that reads what a client of LMTP sends and the one that
/// may become the recipients.
///
///     client ──► clerk (the login user, empty root) ── requests ──► mailroom (root)
///                                                   ◄── replies ──      │ forks
///                                                                       ▼
///                                                              courier (the recipient)
///
/// What a clerk asks for is what any client can have: is there mail for this address,
/// and deliver this file to those that there was mail for. So whoever takes over a
/// clerk can send mail, and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "config/settings.h"
#include "deliver/lmtp_session.h"
#include "io/wait.h"
#include "ipc/channel.h"

namespace deliver {

/// What a clerk asks. Each is a datagram; the first two are answered.
struct LmtpRequest {
    enum class Kind {
        Recipient, ///< `text` is his address: one reply
        MakeFile,  ///< one reply, "250" with a descriptor, or other words
        Forget,    ///< the recipients so far: no reply
        Deliver,   ///< with a descriptor: a reply for each recipient
    };
    static constexpr std::size_t max_text = LmtpSession::max_line;

    Kind kind = Kind::Forget;
    std::string text; ///< an address: the recipient's, or the sender's
    std::string client;
    Origin::Protocol protocol = Origin::Protocol::Lmtp;

    std::string encode() const;
    /// Errors: Syntax, for anything but what `encode` gives, and past the bounds.
    static base::Result<LmtpRequest> decode(std::string_view bytes);
};

/// The mailroom as the clerk sees it. When the other side is gone, every call throws
/// io::Disconnected: the client has no answer then, and tries again.
class FarMailroom final : public LmtpBackend {
public:
    /// `wait` is borrowed.
    FarMailroom(ipc::Channel mailroom, const io::Wait& wait)
        : mailroom_(std::move(mailroom)), wait_(&wait)
    {
    }

    LmtpReply add_recipient(const std::string& address) override;
    void forget_recipients() override;
    base::Result<base::UniqueFd> make_file() override;
    std::vector<LmtpReply> deliver(const LmtpEnvelope& envelope,
                                   Spool& message) override;

private:
    void send(const LmtpRequest& request, std::span<const int> fds = {});
    ipc::Datagram receive();

    ipc::Channel mailroom_;
    const io::Wait* wait_;
    std::size_t recipients_ = 0;
};

/// Does what `clerk` asks of `mailroom`, until it ends, or says what no clerk says.
void attend(ipc::Channel clerk, LmtpBackend& mailroom);

/// Whom clerks run as; uid 0 where that is who we are, because there is nothing to
/// drop.
struct ClerkUser {
    uid_t uid = 0;
    gid_t gid = 0;
    base::UniqueFd root = {}; ///< of all clerks: an empty directory
};
/// `[login] user`. Errors: NotFound; Cannot if that is root; those of making `root`.
base::Result<ClerkUser> clerk_user(const config::Settings& settings);

/// Makes this process a clerk for good: its root, which is closed here, `user`, no file
/// and no program, and where that can be done the system calls that it needs (R13). On
/// an error it must end.
base::Status become_clerk(ClerkUser user);

} // namespace deliver
