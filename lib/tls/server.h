// SPDX-License-Identifier: ISC
/// \file
/// What a server is to every client: certificates, versions, keys of tickets.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

struct ssl_ctx_st;

namespace tls {

/// A certificate with its chain, leaf first, and its private key, both as PEM text:
/// whoever uses them may sit in an empty root, where no file can be opened.
struct Certificate {
    std::string chain;
    std::string key;
};

/// The oldest version that is spoken.
enum class MinimumVersion { Tls12, Tls13 };

/// Ciphers have forward secrecy and authenticate what they encrypt; there is no
/// renegotiation, no compression and no early data. A client that says what it wants to
/// speak (RFC 7301) must name `imap`.
///
/// Session tickets are encrypted with keys that all processes forked from this one
/// share, as they were at the fork.
class Server {
public:
    /// Errors: Syntax if the PEM text cannot be read, Cannot if key and certificate
    /// do not belong together; the text says which.
    static base::Result<Server> create(const Certificate& certificate,
                                       MinimumVersion minimum = MinimumVersion::Tls12);

    Server(Server&&) noexcept;
    Server& operator=(Server&&) noexcept;
    ~Server();

    /// Clients that ask for `name` (RFC 6066 §3) get this certificate; `*.example.org`
    /// stands for all names with one label more. Others get that of `create`. Errors:
    /// as of `create`.
    base::Status add(std::string_view name, const Certificate& certificate);

    /// Asks clients for a certificate; they need not have one. One that none of the
    /// `authorities` (PEM) has issued ends the handshake. To be called before `add`.
    /// Error: Syntax.
    base::Status ask_for_certificates(std::string_view authorities);

    /// A handshake with ourselves. The first one of a process looks up and sets up much
    /// that processes forked later then share, 80 KB of each.
    void rehearse() const;

    /// From now on tickets are encrypted with a fresh key. Those of the key before are
    /// still taken, older ones are not: to be called as often as a key may be found out
    /// without harm to what was said before.
    void rotate_tickets();

private:
    friend class Channel;
    struct Free {
        void operator()(ssl_ctx_st* context) const;
    };
    using Owner = std::unique_ptr<ssl_ctx_st, Free>;
    /// What callbacks of OpenSSL need, at an address that does not change.
    struct Shared;

    Server();
    base::Result<Owner> context_for(const Certificate& certificate) const;
    base::Status trust(ssl_ctx_st* context) const;

    MinimumVersion minimum_ = MinimumVersion::Tls12;
    std::string authorities_;
    std::unique_ptr<Shared> shared_;
    Owner context_;
};

} // namespace tls
