// SPDX-License-Identifier: ISC
#include "tls/channel.h"

#include <algorithm>
#include <cerrno>
#include <new>

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include "io/disconnected.h"
#include "tls/reason.h"

namespace tls {

using base::Errc;
using base::Error;

namespace {

/// In UTF-8. An authority that signs a NUL is one of which names are read in two ways.
void add_text(const ASN1_STRING* text, std::vector<std::string>& to)
{
    unsigned char* octets = nullptr;
    const int size = ASN1_STRING_to_UTF8(&octets, text);
    if (size > 0) {
        std::string name(reinterpret_cast<const char*>(octets),
                         static_cast<std::size_t>(size));
        if (name.find('\0') == std::string::npos)
            to.push_back(std::move(name));
    }
    if (size >= 0)
        OPENSSL_free(octets);
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

} // namespace

void Channel::Free::operator()(ssl_st* ssl) const
{
    SSL_free(ssl);
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

Channel::PeerCertificate Channel::peer_certificate() const
{
    PeerCertificate found;
    X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
    if (certificate == nullptr || SSL_get_verify_result(ssl_.get()) != X509_V_OK)
        return found;
    const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
        static_cast<GENERAL_NAMES*>(
            X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
        GENERAL_NAMES_free);
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_EMAIL)
            add_text(name->d.rfc822Name, found.emails);
    }
    const X509_NAME* const subject = X509_get_subject_name(certificate);
    int last = -1;
    for (int i = -1; (i = X509_NAME_get_index_by_NID(subject, NID_commonName, i)) >= 0;)
        last = i;
    if (last >= 0)
        add_text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last)),
                 found.common_names);
    return found;
}

std::string Channel::version_and_cipher() const
{
    return std::string(SSL_get_version(ssl_.get())) + " " +
           SSL_get_cipher_name(ssl_.get());
}

} // namespace tls
