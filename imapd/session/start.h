// SPDX-License-Identifier: ISC
#pragma once

#include <string>

#include "config/settings.h"
#include "ipc/idle_mark.h"
#include "log/log.h"
#include "log/seldom.h"
#include "sandbox/seccomp.h"

namespace imapd {

/// All that a session needs to begin: what `authenticate/` or `--stdio` found out.
struct Start {
    const config::Settings* settings = nullptr;
    logging::Log log; ///< with the session's id, user and address
    std::string user; ///< as logged in
    std::string home;
    std::string mail;            ///< absolute path of the Maildir
    std::string index_directory; ///< absolute; empty: beside the mail
    /// The client's socket, the pump's socketpair, or 0 and 1. Borrowed.
    int read_fd = -1;
    int write_fd = -1;
    /// What the client had sent after LOGIN or AUTHENTICATE when we took over.
    std::string received;
    /// Of the LOGIN or AUTHENTICATE that the session answers with its tagged OK
    /// (R11). Empty: the session greets with PREAUTH.
    std::string tag;
    config::Settings::Quota quota; ///< the user's own, or that of the settings
    std::string tls;               ///< "TLSv1.3 …", or empty
    std::string peer;              ///< the client's address, or empty
    /// `sandbox::Role::Session`, or null where there is none. Borrowed.
    const sandbox::Filter* filter = nullptr;
    /// Where the supervisor reads how long we have been in IDLE; null: nobody does.
    ipc::IdleMark* idle_mark = nullptr;
    /// That there is no inotify to be had is everybody's trouble. Borrowed, or null.
    const logging::Seldom* poll_warning = nullptr;
};

/// Runs the session to its end; the process's exit status.
int run_session(const Start& start);

} // namespace imapd
