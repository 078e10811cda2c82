// SPDX-License-Identifier: ISC
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "config/settings.h"
#include "ipc/login.h"
#include "net/service_manager.h"

namespace supervisor {

/// A socket that clients connect to.
struct Listener {
    base::UniqueFd socket;
    ipc::Client::Tls tls;
    std::string endpoint; ///< as the settings write it; of a passed socket, its address
    /// Where it came from: a passed one survives every reload.
    enum class Origin { Bound, Passed } origin;
    ipc::Client::Speaks speaks = ipc::Client::Speaks::Imap;
};

/// All of them.
class Listeners {
public:
    /// Takes the sockets that the service manager passed: TLS from the first octet if
    /// the name has "imaps" or "tls" in it, or the port is 993. Errors: Cannot for a
    /// socket that does not listen.
    base::Status adopt(std::vector<net::PassedSocket> sockets);

    /// Binds what `settings` list for IMAP, if no sockets were passed, and `[auth]
    /// socket`. Those that are bound
    /// already stay as they are, those that are not listed any more are closed. On an
    /// error nothing has changed.
    base::Status arrange(const config::Settings& settings);

    const std::vector<Listener>& all() const { return listeners_; }
    void close_all() { listeners_.clear(); }

private:
    bool are_passed() const;

    std::vector<Listener> listeners_;
};

} // namespace supervisor
