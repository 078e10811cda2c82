// SPDX-License-Identifier: ISC
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "base/result.h"
#include "config/settings.h"
#include "io/wait.h"
#include "ipc/channel.h"
#include "ipc/login.h"

namespace supervisor {

/// Who the login processes are. Uid 0: without root, whoever we are.
struct LoginUser {
    uid_t uid = 0;
    gid_t gid = 0;
};

/// The account that `[login] user` names. Errors: NotFound; Cannot if it is root.
base::Result<LoginUser> login_user(const config::Settings& settings);

/// How to make a zygote.
struct ZygoteRecipe {
    std::string program; ///< path of imapd-login
    enum class LogTo { Syslog, StandardError } log = LogTo::Syslog;
};

/// The process that forks the login processes, as the supervisor holds it.
class Zygote {
public:
    /// Executes imapd-login and waits until it is ready. `requests` is the login
    /// processes' end of the shared socket, `parents_mask` the signal mask to start
    /// with.
    ///
    /// Certificate and key are read after the fork: the supervisor, of which all
    /// sessions are copies, never has the key in its memory. A certificate that is not
    /// there is an error only if a listener needs one; else there is no TLS.
    ///
    /// Errors: those of fork(2); Cannot if it ends before it is ready (its log line
    /// says why); Timeout.
    static base::Result<Zygote> start(const ZygoteRecipe& recipe,
                                      const config::Settings& settings,
                                      const LoginUser& user, int requests,
                                      const sigset_t& parents_mask,
                                      const io::Wait& wait);

    pid_t pid() const { return pid_; }
    /// To wait on; -1 after `close`.
    int control() const { return control_.fd(); }

    /// Hands a client over. Busy if it must be tried again, Gone.
    base::Status hand_over(const ipc::Client& client, int socket);
    /// Lets one of its login processes end. Errors as above.
    base::Status dismiss(const ipc::Dismissal& dismissal)
    {
        return control_.send(dismissal.encode());
    }
    /// Lets it end after its last login process.
    void drain() { control_.close_sending(); }
    void close() { control_.close(); }
    /// What it has told. Errors: Busy if nothing; Gone.
    base::Result<ipc::LoginNotice> notice();

private:
    Zygote(pid_t pid, ipc::Channel control) : pid_(pid), control_(std::move(control)) {}

    pid_t pid_;
    ipc::Channel control_;
};

} // namespace supervisor
