// SPDX-License-Identifier: ISC
/// \file
/// The process that delivers as a user, seen from the mailroom.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "auth/identity.h"
#include "base/clock.h"
#include "base/result.h"
#include "config/settings.h"
#include "deliver/errand.h"
#include "io/deadline.h"
#include "ipc/channel.h"

namespace deliver {

/// A child that has become a user for good, before it opens anything, and delivers what
/// it is given until its mailroom is gone. To start one costs as much as to deliver
/// with it, so it is kept for the next message.
///
/// It shares nothing with its mailroom but the socket and, for as long as it delivers,
/// the message's file. What it says counts for its own recipients alone, and it is not
/// waited for longer than a delivery may take.
class Courier {
public:
    /// So long he is kept: a user's groups may change, and he has those of his start.
    static constexpr std::int64_t lifetime_ms = 60'000;

    /// By when he has delivered a message that he is given now: then he has had all the
    /// time there is, and has ended himself unless his user has stopped him.
    static io::Deadline patience(const config::Settings& settings);

    /// Whether two users are one to the system, and so have one courier.
    static bool is_same(const auth::Identity& a, const auth::Identity& b);

    /// Forks a courier for `identity`. The child calls `leave` before anything else: it
    /// closes what is not for a user. `settings` must outlive the mailroom.
    /// Errors: those of socketpair(2) and fork(2).
    static base::Result<Courier> start(const auth::Identity& identity,
                                       const config::Settings& settings,
                                       const std::function<void()>& leave,
                                       std::int64_t lifetime = lifetime_ms);

    Courier(Courier&& other) noexcept;
    Courier& operator=(Courier&&) = delete;
    /// Has it end, which includes what it does after its last reply, and waits for
    /// that.
    ~Courier();

    bool is_for(const auth::Identity& identity) const
    {
        return is_same(identity_, identity);
    }

    /// Gives it a message, in `file`, for these recipients. False if it is not there to
    /// take it, as when it has crashed: then nothing has been delivered.
    bool ask(std::span<const Errand> errands, int file, io::Deadline deadline);

    /// Waits for the replies to the last `ask`; none if it ended without, or had no
    /// `count` of them, or none by `deadline`, or has been stopped. It is of no use
    /// from then on.
    std::vector<LmtpReply> replies(std::size_t count, io::Deadline deadline);

    /// Whether it can take another message, for all we know.
    bool is_usable() const { return channel_ && !until_.has_passed(clock_); }

    /// In another child: that one has nothing to do with this process.
    void disown();

private:
    Courier(auth::Identity identity, const config::Settings& settings,
            std::int64_t lifetime)
        : identity_(std::move(identity)), settings_(&settings),
          until_(io::Deadline::after_ms(clock_, lifetime))
    {
    }

    [[noreturn]] void live();

    base::SystemClock clock_;
    auth::Identity identity_;
    const config::Settings* settings_;
    io::Deadline until_;
    ipc::Channel channel_;
    pid_t pid_ = -1;
};

} // namespace deliver
