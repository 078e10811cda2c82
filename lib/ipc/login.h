// SPDX-License-Identifier: ISC
/// \file
/// What the supervisor, the zygote of the login processes and the attempts say to each
/// other. Only these three; no byte of it is a client's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/result.h"

namespace ipc {

/// The descriptors that `imapd-login` finds when it is executed.
enum class LoginFd : int {
    Settings = 3, ///< a memfd with `LoginSettings`
    Control = 4,  ///< `Client` in, `LoginNotice` out
    Requests = 5, ///< `AuthRequest` out, shared by all login processes
};

/// All that the login processes are told. It holds a private key: it travels in a
/// memfd, never in a file.
struct LoginSettings {
    static constexpr std::size_t max_octets = 1024 * 1024; ///< of each member

    uid_t uid = 0; ///< to become, with the group; 0: stay who we are
    gid_t gid = 0;
    std::string settings;    ///< as `config::Settings::to_text` gives them
    std::string certificate; ///< PEM, with the chain; empty: no TLS
    std::string private_key; ///< PEM
    std::string client_ca;   ///< PEM; empty: clients are asked for no certificate

    /// For clients that ask for a name.
    struct Named {
        std::string name;
        std::string certificate;
        std::string private_key;
        bool operator==(const Named&) const = default;
    };
    static constexpr std::size_t max_names = 256;
    std::vector<Named> names;

    std::string encode() const;
    static base::Result<LoginSettings> decode(std::string_view bytes);
};

/// A client that was accepted. Its socket comes with it.
struct Client {
    enum class Tls { Implicit, Startable };
    std::uint64_t connection = 0; ///< its number, for the log and the notices
    Tls tls = Tls::Startable;
    /// Sasl: another server that asks who its own clients are.
    enum class Speaks { Imap, Sasl } speaks = Speaks::Imap;
    bool loopback = false; ///< the client is on this machine
    std::string peer;      ///< address without port

    std::string encode() const;
    static base::Result<Client> decode(std::string_view bytes);
};

/// What the zygote tells: that it has dropped its rights and waits for clients; that
/// the login process of a connection has ended as it should, or otherwise.
struct LoginNotice {
    enum class Kind { Ready, Ended, Crashed };
    Kind kind = Kind::Ready;
    std::uint64_t connection = 0;

    std::string encode() const;
    static base::Result<LoginNotice> decode(std::string_view bytes);
};

/// The supervisor wants a login process to end: its client has had its time, and others
/// wait.
struct Dismissal {
    std::uint64_t connection = 0;

    std::string encode() const;
    static base::Result<Dismissal> decode(std::string_view bytes);
};

/// What an attempt tells the supervisor: that it has taken its request from the shared
/// socket; that it wants to become the session of a user; that somebody has not proved
/// who he is. With the latter two comes a socket, for the `Verdict`.
struct AttemptNotice {
    static constexpr std::size_t max_name = 1024;
    static constexpr std::size_t max_fingerprint = 64;
    enum class Kind { Taken, Entering, Failed };
    Kind kind = Kind::Taken;
    pid_t pid = 0;
    std::uint64_t connection = 0;
    std::string user;
    std::string peer;
    /// Of Failed: the same where the same name and password were wrong before, and of
    /// no use to anybody else. Empty: it cannot be told.
    std::string fingerprint;

    std::string encode() const;
    static base::Result<AttemptNotice> decode(std::string_view bytes);
};

/// What the supervisor answers.
struct Verdict {
    bool may_enter = false;
    std::int64_t delay_ms = 0; ///< before the client hears that it may not

    std::string encode() const;
    static base::Result<Verdict> decode(std::string_view bytes);
};

} // namespace ipc
