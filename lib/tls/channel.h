// SPDX-License-Identifier: ISC
/// \file
/// TLS, the server's side. The only room that knows of OpenSSL's libssl.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/deadline.h"
#include "io/stream.h"
#include "io/wait.h"
#include "tls/server.h"

struct ssl_st;

namespace tls {

/// One TLS connection over a non-blocking socket.
class Channel final : public io::Stream {
public:
    /// `socket` is borrowed and becomes non-blocking.
    Channel(const Server& server, int socket);

    /// Shakes hands. Errors: Timeout; Gone if the client went away; Refused with
    /// OpenSSL's reason ("no shared cipher") if it cannot be; Busy if a signal that
    /// `wait` lets through came first, and another call goes on.
    base::Status handshake(const io::Wait& wait, io::Deadline deadline);

    std::optional<std::size_t> read(std::span<char> into) override;
    std::size_t write(std::string_view bytes) override;
    int read_fd() const override { return socket_; }
    int write_fd() const override { return socket_; }
    short read_events() const override { return read_events_; }
    short write_events() const override { return write_events_; }
    bool has_buffered() const override;

    /// Tells the client that no more will come (close_notify). It may go on sending.
    /// False if the socket takes nothing now: call again when it is writable.
    bool shutdown();

    /// What an authentication can be bound to, so that it is worth nothing on another
    /// connection (RFC 5056), after the handshake:
    /// - `tls-exporter` (RFC 9266) with TLS 1.3. TLS 1.2 has it too with an extended
    ///   master secret, but not all libraries agree there on what "no context" is.
    /// - `tls-unique` (RFC 5929 §3) with TLS 1.2 and an extended master secret; without
    ///   that, and with TLS 1.3, it is not unique.
    /// - `tls-server-end-point` (RFC 5929 §4) always, unless the signature of the
    ///   certificate has no digest of its own.
    struct Binding {
        std::string name;
        std::string data;
    };
    std::vector<Binding> bindings() const;

    /// What the client's certificate says, which has been verified; nothing of it if it
    /// has shown none. Addresses of subjectAltName (RFC 5280 §4.2.1.6), and the last
    /// common name of the subject. A name with a NUL in it is left out.
    struct PeerCertificate {
        std::vector<std::string> emails;
        std::vector<std::string> common_names;
    };
    PeerCertificate peer_certificate() const;

    /// "TLSv1.3 TLS_AES_256_GCM_SHA384", after the handshake.
    std::string version_and_cipher() const;

private:
    struct Free {
        void operator()(ssl_st* ssl) const;
    };
    std::unique_ptr<ssl_st, Free> ssl_;
    int socket_;
    short read_events_;
    short write_events_;
};

} // namespace tls
