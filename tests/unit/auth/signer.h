// SPDX-License-Identifier: ISC
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <boost/test/unit_test.hpp>

#include "text/base64.h"

inline std::string base64_url(std::string_view octets)
{
    std::string text = text::base64_encode(octets);
    text.erase(std::min(text.find('='), text.size()));
    for (char& c : text)
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

/// Somebody who signs tokens, with a fresh key.
class Signer {
public:
    enum class Kind { P256, Rsa2048 };

    explicit Signer(Kind kind)
        : kind_(kind),
          key_(kind == Kind::P256 ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048U),
               EVP_PKEY_free)
    {
        BOOST_REQUIRE(key_);
    }

    /// The public key.
    std::string pem() const
    {
        const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()),
                                                            BIO_free);
        PEM_write_bio_PUBKEY(bio.get(), key_.get());
        char* bytes = nullptr;
        const long size = BIO_get_mem_data(bio.get(), &bytes);
        return {bytes, static_cast<std::size_t>(size)};
    }

    std::string token(std::string_view claims, std::string_view header = {}) const
    {
        const std::string_view usual =
            kind_ == Kind::P256 ? R"({"alg":"ES256"})" : R"({"alg":"RS256"})";
        const std::string text =
            base64_url(header.empty() ? usual : header) + '.' + base64_url(claims);
        return text + '.' + base64_url(signature(text));
    }

    EVP_PKEY* key() const { return key_.get(); }

private:
    std::string signature(const std::string& text) const
    {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
            EVP_MD_CTX_new(), EVP_MD_CTX_free);
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get());
        unsigned char octets[512];
        std::size_t size = sizeof octets;
        BOOST_REQUIRE(
            EVP_DigestSign(context.get(), octets, &size,
                           reinterpret_cast<const unsigned char*>(text.data()),
                           text.size()) == 1);
        if (kind_ == Kind::Rsa2048)
            return {reinterpret_cast<const char*>(octets), size};
        const unsigned char* at = octets;
        const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
            d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)), ECDSA_SIG_free);
        unsigned char both[64];
        BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), both, 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), both + 32, 32);
        return {reinterpret_cast<const char*>(both), sizeof both};
    }

    Kind kind_;
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};
