// SPDX-License-Identifier: ISC
#include "tls/server.h"

#include <algorithm>
#include <array>
#include <climits>
#include <new>
#include <optional>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include "tls/reason.h"

namespace tls {

using base::Errc;
using base::Error;

namespace {

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeSession {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};
struct FreeX509 {
    void operator()(X509* x509) const { X509_free(x509); }
};
struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

std::unique_ptr<BIO, FreeBio> memory_of(std::string_view text)
{
    const auto size = std::min<std::size_t>(text.size(), INT_MAX);
    return std::unique_ptr<BIO, FreeBio>(
        BIO_new_mem_buf(text.data(), static_cast<int>(size)));
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

/// What a ticket is encrypted with, RFC 5077 §4: AES-256 in CBC mode, HMAC with
/// SHA-256.
struct TicketKey {
    std::array<unsigned char, 16> name = {};
    std::array<unsigned char, 32> cipher = {};
    std::array<unsigned char, 32> mac = {};
};

/// With TLS 1.2: forward secrecy and authenticated encryption. Mozilla's "intermediate"
/// list, but for DHE, which costs us far more than a client that asks for it. Those of
/// TLS 1.3 are OpenSSL's own.
constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

/// RFC 7301 §3.2: a client that names protocols, none of which is ours, has not come to
/// us, whoever has led it here. Most name none.
int on_protocols(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                 const unsigned char* offered, unsigned int offered_size, void*)
{
    static constexpr unsigned char ours[] = {4, 'i', 'm', 'a', 'p'};
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, chosen_size, ours, sizeof ours, offered,
                              offered_size) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

TicketKey fresh_key()
{
    TicketKey key;
    if (RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) != 1 ||
        RAND_priv_bytes(key.cipher.data(), static_cast<int>(key.cipher.size())) != 1 ||
        RAND_priv_bytes(key.mac.data(), static_cast<int>(key.mac.size())) != 1)
        throw std::bad_alloc();
    return key;
}

bool set_mac(EVP_MAC_CTX* mac, TicketKey& key)
{
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(),
                                          key.mac.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

std::string lower(std::string_view text)
{
    std::string made(text);
    for (char& c : made)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    return made;
}

} // namespace

struct Server::Shared {
    struct Named {
        std::string name;
        Owner context;
    };
    std::vector<Named> others;
    TicketKey current = fresh_key();
    std::optional<TicketKey> previous;

    SSL_CTX* context_for(std::string_view name) const
    {
        const std::string wanted = lower(name);
        const std::size_t dot = wanted.find('.');
        const std::string wildcard =
            dot == std::string::npos ? "" : '*' + wanted.substr(dot);
        for (const std::string& candidate : {wanted, wildcard}) {
            for (const Named& other : others) {
                if (other.name == candidate)
                    return other.context.get();
            }
        }
        return nullptr;
    }

    TicketKey* key_named(const unsigned char* name)
    {
        for (TicketKey* key : {&current, previous ? &*previous : nullptr}) {
            if (key != nullptr && std::equal(key->name.begin(), key->name.end(), name))
                return key;
        }
        return nullptr;
    }

    /// A client asks for a name. One that we do not know is no reason to refuse it.
    static int on_name(SSL* ssl, int*, void* shared)
    {
        const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        SSL_CTX* const context =
            name == nullptr ? nullptr
                            : static_cast<const Shared*>(shared)->context_for(name);
        if (context == nullptr)
            return SSL_TLSEXT_ERR_NOACK;
        SSL_set_SSL_CTX(ssl, context);
        return SSL_TLSEXT_ERR_OK;
    }

    /// SSL_CTX_set_tlsext_ticket_key_evp_cb(3): makes a ticket, or reads one.
    static int on_ticket(SSL* ssl, unsigned char* name, unsigned char* iv,
                         EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int encrypt)
    {
        auto* const shared =
            static_cast<Shared*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
        if (encrypt == 1) {
            TicketKey& key = shared->current;
            std::copy(key.name.begin(), key.name.end(), name);
            const bool made =
                RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1 &&
                EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr,
                                   key.cipher.data(), iv) == 1 &&
                set_mac(mac, key);
            return made ? 1 : -1;
        }
        TicketKey* const key = shared->key_named(name);
        if (key == nullptr)
            return 0; // too old, or not ours: a whole handshake
        if (!set_mac(mac, *key) ||
            EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(),
                               iv) != 1)
            return -1;
        return key == &shared->current ? 1 : 2; // 2: and a ticket by the current key
    }
};

void Server::Free::operator()(ssl_ctx_st* context) const
{
    SSL_CTX_free(context);
}

Server::Server() : shared_(std::make_unique<Shared>())
{
}
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;
Server::~Server() = default;

base::Result<Server::Owner> Server::context_for(const Certificate& certificate) const
{
    Owner owner(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const context = owner.get();
    if (context == nullptr)
        throw std::bad_alloc();
    SSL_CTX_set_min_proto_version(
        context, minimum_ == MinimumVersion::Tls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF |
                                     SSL_OP_PRIORITIZE_CHACHA);
    if (SSL_CTX_set_cipher_list(context, ciphers) != 1)
        return Error{Errc::Unsupported, "no ciphers: " + reason()};
    SSL_CTX_set_alpn_select_cb(context, &on_protocols, nullptr);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    // Every connection has its own process: a cache in memory would never be hit.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    constexpr unsigned char id[] = "imap";
    SSL_CTX_set_session_id_context(context, id, sizeof id - 1);
    SSL_CTX_set_app_data(context, shared_.get());
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, &Shared::on_ticket);
    if (auto done = use_chain(context, certificate.chain); !done)
        return done.error();
    if (auto done = use_key(context, certificate.key); !done)
        return done.error();
    if (auto done = trust(context); !done)
        return done.error();
    return owner;
}

base::Result<Server> Server::create(const Certificate& certificate,
                                    MinimumVersion minimum)
{
    Server server;
    server.minimum_ = minimum;
    auto context = server.context_for(certificate);
    if (!context)
        return context.error();
    server.context_ = std::move(*context);
    SSL_CTX_set_tlsext_servername_callback(server.context_.get(), &Shared::on_name);
    SSL_CTX_set_tlsext_servername_arg(server.context_.get(), server.shared_.get());
    return server;
}

base::Status Server::add(std::string_view name, const Certificate& certificate)
{
    auto context = context_for(certificate);
    if (!context)
        return context.error();
    shared_->others.push_back({lower(name), std::move(*context)});
    return base::Done{};
}

base::Status Server::ask_for_certificates(std::string_view authorities)
{
    authorities_ = authorities;
    return trust(context_.get());
}

base::Status Server::trust(ssl_ctx_st* context) const
{
    if (authorities_.empty())
        return base::Done{};
    const auto text = memory_of(authorities_);
    int found = 0;
    for (;; ++found) {
        const std::unique_ptr<X509, FreeX509> authority(
            PEM_read_bio_X509(text.get(), nullptr, no_pass_phrase, nullptr));
        if (!authority)
            break;
        if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) !=
                1 ||
            SSL_CTX_add_client_CA(context, authority.get()) != 1)
            return Error{Errc::Syntax, "a client CA cannot be used: " + reason()};
    }
    ERR_clear_error(); // the end of the text counts as an error
    if (found == 0)
        return Error{Errc::Syntax, "no certificate among the client CAs"};
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    return base::Done{};
}

void Server::rehearse() const
{
    using Session = std::unique_ptr<SSL, FreeSession>;
    const Owner other(SSL_CTX_new(TLS_client_method()));
    const Session client(other ? SSL_new(other.get()) : nullptr);
    const Session server(SSL_new(context_.get()));
    BIO* ours = nullptr;
    BIO* theirs = nullptr;
    if (!client || !server || BIO_new_bio_pair(&ours, 0, &theirs, 0) != 1)
        throw std::bad_alloc();
    SSL_set_bio(server.get(), ours, ours);
    SSL_set_bio(client.get(), theirs, theirs);
    SSL_set_accept_state(server.get());
    SSL_set_connect_state(client.get());
    constexpr int turns = 4; // TLS 1.2 needs three
    for (int turn = 0; turn < turns; ++turn) {
        SSL_do_handshake(client.get());
        SSL_do_handshake(server.get());
    }
    ERR_clear_error(); // nobody depends on its success
}

void Server::rotate_tickets()
{
    shared_->previous = shared_->current;
    shared_->current = fresh_key();
}

} // namespace tls
