// SPDX-License-Identifier: ISC
/// \file
/// The process that accepts clients of LMTP, and whom it starts for them.
#pragma once

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/unique_fd.h"
#include "config/settings.h"
#include "deliver/lmtp_client.h"
#include "deliver/lmtp_wall.h"
#include "io/deadline.h"
#include "io/wait.h"
#include "ipc/channel.h"
#include "log/log.h"

namespace deliver {

/// Accepts clients, at most `[lmtp] processes` of them at a time.
///
/// Without root a process serves a client and ends. With root it is a clerk that does
/// so, which has of us no more than we have, and we read nothing of any client; and a
/// mailroom, which may have served others before and has their couriers still. It is
/// not let grow old.
class LmtpListener {
public:
    /// How long a mailroom is kept.
    struct Rest {
        unsigned clients = 100;       ///< that it serves, one after the other
        std::size_t rooms = 8;        ///< that wait for one
        std::int64_t for_ms = 10'000; ///< without one
    };

    /// `settings` must outlive it.
    LmtpListener(std::vector<base::UniqueFd> sockets, ClerkUser user,
                 const config::Settings& settings, Rest rest);

    /// Until SIGTERM, SIGINT or SIGHUP.
    void run();

private:
    struct Room {
        pid_t pid = -1;
        ipc::Channel channel; ///< closed: it is about to end
        unsigned clients = 0; ///< that it has had
        std::optional<io::Deadline> rests_until = {};

        bool is_busy() const { return !rests_until; }
        bool is_free() const { return rests_until && channel; }
    };

    void hear_signals();
    void reap();
    std::size_t clients() const;
    void arrange_wait();
    io::Deadline dismiss_rooms();
    void hear_rooms();
    void dismiss(Room& room);
    void accept(int socket);
    void admit(LmtpClient client);
    bool is_taken(const ipc::Channel& clerk, const std::string& peer);
    void start_room(ipc::Channel clerk, const std::string& peer);
    void pause(const base::Error& error);
    pid_t fork();

    std::vector<base::UniqueFd> sockets_;
    ClerkUser user_;
    const config::Settings* settings_;
    Rest rest_;
    logging::Log log_;
    base::SystemClock clock_;
    io::Wait wait_;
    io::Deadline pause_ = io::Deadline::never(); ///< nobody is accepted until then
    std::set<pid_t> clients_; ///< of each, the process that reads what it sends
    std::list<Room> rooms_;
    sigset_t open_mask_ = {};
};

} // namespace deliver
