// SPDX-License-Identifier: ISC
#include "tls/channel.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <new>

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>

#include "io/disconnected.h"

namespace tls {

using base::Errc;
using base::Error;

namespace {

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeX509 {
    void operator()(X509* x509) const { X509_free(x509); }
};
struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

/// The oldest reason in OpenSSL's queue, in words; the queue is empty afterwards.
std::string reason()
{
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    const char* const text = code == 0 ? nullptr : ERR_reason_error_string(code);
    return text == nullptr ? "unknown reason" : text;
}

std::unique_ptr<BIO, FreeBio> memory_of(std::string_view text)
{
    const auto size = std::min<std::size_t>(text.size(), INT_MAX);
    return std::unique_ptr<BIO, FreeBio>(
        BIO_new_mem_buf(text.data(), static_cast<int>(size)));
}

/// RFC 9266 §2: 32 octets, without a context, which TLS 1.3 does not tell from an empty
/// one.
std::optional<std::string> exported(SSL* ssl)
{
    constexpr std::string_view label = "EXPORTER-Channel-Binding";
    std::string data(32, '\0');
    if (SSL_export_keying_material(ssl, reinterpret_cast<unsigned char*>(data.data()),
                                   data.size(), label.data(), label.size(), nullptr, 0,
                                   0) != 1)
        return std::nullopt;
    return data;
}

/// RFC 5929 §3.1: the first Finished message of the handshake. It is the client's,
/// unless the session was resumed.
std::string first_finished(const SSL* ssl)
{
    char data[EVP_MAX_MD_SIZE];
    const std::size_t size = SSL_session_reused(ssl) == 1
                                 ? SSL_get_finished(ssl, data, sizeof data)
                                 : SSL_get_peer_finished(ssl, data, sizeof data);
    return {data, std::min(size, sizeof data)};
}

/// RFC 5929 §4.1: by the digest of the certificate's signature, but not by MD5 or
/// SHA-1.
std::optional<std::string> digest_of_certificate(const X509* certificate)
{
    if (certificate == nullptr)
        return std::nullopt;
    int digest = NID_undef;
    if (OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest, nullptr) !=
            1 ||
        digest == NID_undef)
        return std::nullopt;
    if (digest == NID_md5 || digest == NID_sha1)
        digest = NID_sha256;
    const EVP_MD* const method = EVP_get_digestbynid(digest);
    unsigned char data[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (method == nullptr || X509_digest(certificate, method, data, &size) != 1)
        return std::nullopt;
    return std::string(reinterpret_cast<const char*>(data), size);
}

/// There is nobody to ask for the pass phrase of an encrypted key.
int no_pass_phrase(char*, int, int, void*)
{
    return -1;
}

base::Status use_chain(SSL_CTX* context, std::string_view chain)
{
    const auto text = memory_of(chain);
    const std::unique_ptr<X509, FreeX509> leaf(
        PEM_read_bio_X509_AUX(text.get(), nullptr, no_pass_phrase, nullptr));
    if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1)
        return Error{Errc::Syntax, "the certificate cannot be read: " + reason()};
    for (;;) {
        std::unique_ptr<X509, FreeX509> next(
            PEM_read_bio_X509(text.get(), nullptr, no_pass_phrase, nullptr));
        if (!next)
            break;
        if (SSL_CTX_add0_chain_cert(context, next.get()) != 1)
            return Error{Errc::Syntax, "the chain cannot be used: " + reason()};
        static_cast<void>(next.release()); // the context has it now
    }
    ERR_clear_error(); // the end of the text counts as an error
    return base::Done{};
}

base::Status use_key(SSL_CTX* context, std::string_view pem)
{
    const auto text = memory_of(pem);
    const std::unique_ptr<EVP_PKEY, FreeKey> key(
        PEM_read_bio_PrivateKey(text.get(), nullptr, no_pass_phrase, nullptr));
    if (!key)
        return Error{Errc::Syntax, "the private key cannot be read: " + reason()};
    // The certificate comes first: this compares the two.
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 ||
        SSL_CTX_check_private_key(context) != 1)
        return Error{Errc::Cannot,
                     "the private key does not belong to the certificate: " + reason()};
    return base::Done{};
}

} // namespace

void Server::Free::operator()(ssl_ctx_st* context) const
{
    SSL_CTX_free(context);
}
void Channel::Free::operator()(ssl_st* ssl) const
{
    SSL_free(ssl);
}

base::Result<Server> Server::create(const Certificate& certificate,
                                    MinimumVersion minimum)
{
    Server server;
    server.context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const context = server.context_.get();
    if (context == nullptr)
        throw std::bad_alloc();
    SSL_CTX_set_min_proto_version(
        context, minimum == MinimumVersion::Tls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    // Every connection has its own process: a cache in memory would never be hit.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    constexpr unsigned char id[] = "imap";
    SSL_CTX_set_session_id_context(context, id, sizeof id - 1);
    if (auto done = use_chain(context, certificate.chain); !done)
        return done.error();
    if (auto done = use_key(context, certificate.key); !done)
        return done.error();
    return server;
}

Channel::Channel(const Server& server, int socket)
    : ssl_(SSL_new(server.context_.get())), socket_(socket), read_events_(POLLIN),
      write_events_(POLLOUT)
{
    if (!ssl_ || SSL_set_fd(ssl_.get(), socket) != 1)
        throw std::bad_alloc();
    SSL_set_accept_state(ssl_.get());
    ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
}

base::Status Channel::handshake(const io::Wait& wait, io::Deadline deadline)
{
    for (;;) {
        ERR_clear_error();
        const int result = SSL_do_handshake(ssl_.get());
        if (result == 1)
            return base::Done{};
        short events = 0;
        switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            events = POLLIN;
            break;
        case SSL_ERROR_WANT_WRITE:
            events = POLLOUT;
            break;
        case SSL_ERROR_SSL:
            return Error{Errc::Refused, reason()};
        default:
            return Error{Errc::Gone, "the client has closed the connection"};
        }
        if (deadline.has_passed(wait.clock()))
            return Error{Errc::Timeout, "the handshake takes too long"};
        if (!wait.for_one(socket_, events, deadline))
            return Error{Errc::Busy, "interrupted"};
    }
}

std::optional<std::size_t> Channel::read(std::span<char> into)
{
    std::size_t taken = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &taken);
    read_events_ = POLLIN;
    if (result == 1)
        return taken;
    switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
        return std::nullopt;
    case SSL_ERROR_WANT_WRITE:
        read_events_ = POLLOUT;
        return std::nullopt;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    default:
        ERR_clear_error();
        throw io::Disconnected{io::Disconnected::Reason::Failed};
    }
}

std::size_t Channel::write(std::string_view bytes)
{
    if (bytes.empty())
        return 0;
    std::size_t taken = 0;
    ERR_clear_error();
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &taken);
    write_events_ = POLLOUT;
    if (result == 1)
        return taken;
    switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_WRITE:
        return 0;
    case SSL_ERROR_WANT_READ:
        write_events_ = POLLIN;
        return 0;
    default:
        const bool closed = errno == EPIPE || errno == ECONNRESET;
        ERR_clear_error();
        throw io::Disconnected{closed ? io::Disconnected::Reason::Closed
                                      : io::Disconnected::Reason::Failed};
    }
}

bool Channel::has_buffered() const
{
    return SSL_pending(ssl_.get()) > 0;
}

bool Channel::shutdown()
{
    ERR_clear_error();
    const int result = SSL_shutdown(ssl_.get());
    if (result >= 0)
        return true; // sent; whether the client has said the same is not asked
    const int error = SSL_get_error(ssl_.get(), result);
    ERR_clear_error();
    return error != SSL_ERROR_WANT_WRITE;
}

std::vector<Channel::Binding> Channel::bindings() const
{
    std::vector<Binding> found;
    SSL* const ssl = ssl_.get();
    if (SSL_version(ssl) == TLS1_3_VERSION) {
        if (auto data = exported(ssl))
            found.push_back({"tls-exporter", std::move(*data)});
    } else if (SSL_get_extms_support(ssl) == 1) {
        found.push_back({"tls-unique", first_finished(ssl)});
    }
    if (auto data = digest_of_certificate(SSL_get_certificate(ssl)))
        found.push_back({"tls-server-end-point", std::move(*data)});
    return found;
}

std::string Channel::version_and_cipher() const
{
    return std::string(SSL_get_version(ssl_.get())) + " " +
           SSL_get_cipher_name(ssl_.get());
}

} // namespace tls
