// SPDX-License-Identifier: ISC
#pragma once

#include <memory>
#include <string>

#include <fcntl.h>
#include <openssl/ssl.h>

/// The other end of a TLS connection; it believes any certificate. No operation waits.
class TlsClient {
public:
    explicit TlsClient(int socket, int max_version = 0)
        : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
          ssl_(nullptr, SSL_free)
    {
        SSL_CTX_set_max_proto_version(context_.get(), max_version);
        if (max_version != 0 && max_version < TLS1_2_VERSION) {
            SSL_CTX_set_min_proto_version(context_.get(), max_version);
            SSL_CTX_set_security_level(context_.get(), 0);
        }
        ssl_.reset(SSL_new(context_.get()));
        ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
        SSL_set_fd(ssl_.get(), socket);
        SSL_set_connect_state(ssl_.get());
    }

    bool handshake() { return SSL_do_handshake(ssl_.get()) == 1; }
    int write(const std::string& bytes)
    {
        return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    }
    /// What there is; empty if nothing or the end.
    std::string read()
    {
        char buffer[16384];
        const int n = SSL_read(ssl_.get(), buffer, sizeof buffer);
        return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : std::string();
    }
    bool is_at_end() const
    {
        return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
    }
    void close() { SSL_shutdown(ssl_.get()); }
    SSL* ssl() { return ssl_.get(); }

private:
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};
