// SPDX-License-Identifier: ISC
#pragma once

#include <csignal>
#include <cstdint>
#include <deque>
#include <map>

#include <sys/types.h>

#include "base/clock.h"
#include "io/wait.h"
#include "ipc/channel.h"
#include "ipc/login.h"
#include "login/connection.h"

namespace login {

/// Forks a login process for every client that the supervisor hands over, and tells
/// how each has ended.
///
/// Everything a login process needs is in memory before the first fork, and the zygote
/// has dropped its rights: it parses nothing but the supervisor's messages.
class Zygote {
public:
    Zygote(ipc::Channel control, Common common);

    /// Says that it is ready and works until the supervisor closes its end and the last
    /// login process has ended; after SIGTERM, until that is so or `patience_ms` have
    /// passed.
    void run();

    static constexpr std::int64_t patience_ms = 8'000;
    /// How long tickets are made with one key. OpenSSL takes a ticket for two hours,
    /// and so long its key is there: whoever gets hold of it cannot read what was said
    /// before.
    static constexpr std::int64_t rotation_ms = 3'600'000;

private:
    void rotate_tickets();
    void take_clients();
    void dismiss(const ipc::Dismissal& dismissal);
    void spawn(const ipc::Client& client, base::UniqueFd socket);
    void reap();
    void tell(const ipc::LoginNotice& notice);
    void flush_notices();
    void stop();
    void kill_all(int signal) const;

    ipc::Channel control_;
    Common common_;
    base::SystemClock clock_;
    io::Wait wait_;
    io::Deadline deadline_;
    io::Deadline rotation_; ///< of the keys of tickets
    struct Child {
        std::uint64_t connection;
        bool is_dismissed = false;
    };
    std::map<pid_t, Child> children_;
    std::deque<ipc::LoginNotice> notices_; ///< that the supervisor had no room for
    bool supervised_ = true;               ///< more clients may come
    bool stopping_ = false;
};

} // namespace login
