// SPDX-License-Identifier: ISC
/// \file
/// The process that everything else comes from (HACKING.md).
///
///     listeners ──accept──► Zygote (imapd-login): forks a login process per client
///     requests  ◄───────────  all login processes: somebody wants to log in
///         readable → fork an attempt, which reads the request; if it succeeds it
///         becomes the session, in the same process
///     notices   ◄───────────  attempts: taken; may … enter?; … has failed
///
/// It reads no octet that a client can influence, and holds no descriptor of a client
/// longer than it takes to pass it on: every session is a copy of this process and
/// would have it too.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/clock.h"
#include "base/result.h"
#include "base/turnstile.h"
#include "base/unforked_memory.h"
#include "base/unique_fd.h"
#include "config/settings.h"
#include "io/wait.h"
#include "ipc/channel.h"
#include "ipc/idle_mark.h"
#include "ipc/login.h"
#include "log/log.h"
#include "supervisor/limits.h"
#include "supervisor/listeners.h"
#include "supervisor/scoreboard.h"
#include "supervisor/signals.h"
#include "supervisor/zygote.h"

namespace supervisor {

/// What an attempt is given, in its own process. All borrowed.
struct Seat {
    const config::Settings* settings;
    ipc::Channel* requests;
    ipc::Channel* notices;
    std::optional<uid_t> login_uid; ///< whose requests count; nullopt: our own
    const base::Turnstile* hashing; ///< for whoever hashes a password; null: none
    ipc::IdleMark* idle_mark;       ///< for the session to say when it idles
    /// With which attempts make their fingerprints. It is no session's to know.
    std::string* fingerprint_key;
};

class Supervisor {
public:
    /// Where there are so many clients that have not logged in as `[limits]` allows,
    /// others are left waiting in the listeners' queues; and those who have had so long
    /// make room for them.
    static constexpr std::int64_t courtesy_ms = 5'000;
    /// Sessions and login processes have so long to say BYE; then they are killed.
    static constexpr std::int64_t patience_ms = 10'000;

    struct Options {
        std::string config_path;
        ZygoteRecipe zygote;
        /// Reads the settings anew, for a reload.
        std::function<base::Result<config::Settings>()> reload;
        /// An attempt, and the session after it; gives the exit status.
        std::function<int(const Seat&)> attempt;
    };

    Supervisor(config::Settings settings, Options options);

    /// Serves listeners: `passed` ones, or those of the settings. Ends on SIGTERM.
    base::Status listen(std::vector<net::PassedSocket> passed);
    /// Serves one client; ends when that client's last process has.
    base::Status serve_one(base::UniqueFd client, ipc::Client::Tls tls);

    /// Works until it ends as above. To be called after one of the two.
    void run();

private:
    using Connection = Scoreboard::Connection;

    enum class Next { Wait, Attempt };
    Next turn();
    base::Status open_requests();
    base::Status prepare();
    base::Status start_zygote(const config::Settings& settings);
    void arrange_wait();
    void watch(int fd, bool wanted);
    io::Deadline next_deadline() const;
    bool is_over() const;

    bool may_accept() const;
    bool may_dismiss() const;
    void dismiss_one();
    void accept_clients(const Listener& listener);
    void welcome(base::UniqueFd socket, const Listener& listener);
    void hand_over(ipc::Client client, base::UniqueFd socket);
    void hand_over_again();

    bool may_attempt() const;
    void renew_requests();
    void fork_attempt();
    void hear_attempts();
    void decide(const ipc::AttemptNotice& notice, ipc::Channel reply);
    bool make_room_for(std::string_view user);
    std::optional<pid_t> longest_idle(std::string_view user) const;
    void hear_zygotes();
    bool hear(Zygote& zygote);
    void reap();
    void zygote_died(std::list<Zygote>::iterator zygote);
    void replace_zygote();
    void revive_zygote();

    void obey_signals();
    void reload();
    base::Status rearrange(const config::Settings& fresh);
    void stop();
    void kill_children(int signal);

    config::Settings settings_;
    Options options_;
    logging::Log log_;
    base::SystemClock clock_;
    io::Wait wait_;
    Signals signals_;
    Listeners listeners_;
    LoginUser login_user_;
    ipc::Channel requests_;        ///< our end of the socket of all login processes
    ipc::Channel login_requests_;  ///< theirs, for the next zygote
    ipc::Channel notices_;         ///< our end of the attempts'
    ipc::Channel attempt_notices_; ///< theirs, for the next attempt
    std::list<Zygote> zygotes_;    ///< the last one takes new clients
    bool has_zygote_ = false;      ///< whether there is such a one
    /// Attempts and sessions: forked and not yet reaped.
    std::map<pid_t, ipc::IdleMark> attempts_;
    pid_t untaken_ = 0; ///< the attempt whose request still lies in the socket
    /// Who is or was connected is no session's to know.
    base::UnforkedMemory unforked_;
    Scoreboard scoreboard_;
    Limits limits_;
    std::string fingerprint_key_;
    Connection last_connection_;
    /// Who has been told to make room, and is not gone yet.
    std::optional<Connection> dismissed_;

    struct Unsent {
        ipc::Client client;
        base::UniqueFd socket;
    };
    std::optional<Unsent> unsent_; ///< for which the zygote had no room

    enum class State { Serving, Draining, Stopping, Killing } state_ = State::Serving;
    io::Deadline stop_deadline_;
    io::Deadline pause_;  ///< no accept before: descriptors or memory have run out
    io::Deadline revive_; ///< when a zygote that died is replaced
    io::Deadline crowd_;  ///< nobody is to make room before
};

} // namespace supervisor
