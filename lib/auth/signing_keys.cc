// SPDX-License-Identifier: ISC
#include "auth/signing_keys.h"

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "auth/base64_url.h"
#include "config/text_file.h"
#include "text/json.h"

namespace auth {

using base::Errc;
using base::Error;
using base::Result;
using text::Json;

namespace {

constexpr std::size_t coordinate = 32; ///< of P-256, octets

template <auto Function>
struct FreeWith {
    template <class T>
    void operator()(T* owned) const
    {
        Function(owned);
    }
};
using Number = std::unique_ptr<BIGNUM, FreeWith<&BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<&OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, FreeWith<&OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeWith<&EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<&EVP_MD_CTX_free>>;
using Decoder = std::unique_ptr<OSSL_DECODER_CTX, FreeWith<&OSSL_DECODER_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, FreeWith<&ECDSA_SIG_free>>;

const unsigned char* octets_of(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

Number number_of(std::string_view octets)
{
    return Number(
        BN_bin2bn(octets_of(octets), static_cast<int>(octets.size()), nullptr));
}

/// The string that a member of a key is.
std::string_view member(const Json& key, std::string_view name)
{
    const Json* const value = key.member(name);
    const std::string* const text = value == nullptr ? nullptr : value->string();
    return text == nullptr ? std::string_view() : *text;
}

/// A key of that type, of what `builder` holds; null if it is none.
EVP_PKEY* key_from(const char* type, OSSL_PARAM_BLD* builder)
{
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) !=
            1)
        return nullptr;
    return key;
}

/// RFC 7518 §6.3.1
EVP_PKEY* rsa_key(const Json& key)
{
    const auto modulus = base64_url_decode(member(key, "n"));
    const auto exponent = base64_url_decode(member(key, "e"));
    if (!modulus || !exponent)
        return nullptr;
    const Builder builder(OSSL_PARAM_BLD_new());
    const Number n = number_of(*modulus);
    const Number e = number_of(*exponent);
    if (!builder || !n || !e ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
        return nullptr;
    return key_from("RSA", builder.get());
}

/// RFC 7518 §6.2.1
EVP_PKEY* ec_key(const Json& key)
{
    const auto x = base64_url_decode(member(key, "x"));
    const auto y = base64_url_decode(member(key, "y"));
    if (member(key, "crv") != "P-256" || !x || !y || x->size() != coordinate ||
        y->size() != coordinate)
        return nullptr;
    const std::string point = '\x04' + *x + *y; // uncompressed, SEC 1 §2.3.3
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!builder ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                        "P-256", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                         point.data(), point.size()) != 1)
        return nullptr;
    return key_from("EC", builder.get());
}

/// What kind of signature a key is for.
std::optional<SigningKeys::Algorithm> algorithm_of(const EVP_PKEY* key)
{
    if (EVP_PKEY_is_a(key, "RSA") == 1 &&
        EVP_PKEY_get_bits(key) >= SigningKeys::min_rsa_bits)
        return SigningKeys::Algorithm::Rs256;
    char group[32] = {};
    if (EVP_PKEY_is_a(key, "EC") == 1 &&
        EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) == 1 &&
        (std::string_view(group) == "prime256v1" || std::string_view(group) == "P-256"))
        return SigningKeys::Algorithm::Es256;
    return std::nullopt;
}

/// RFC 7518 §3.4: two numbers of 32 octets, which OpenSSL wants in DER.
std::string in_der(std::string_view signature)
{
    if (signature.size() != 2 * coordinate)
        return {};
    const Signature pair(ECDSA_SIG_new());
    Number r = number_of(signature.substr(0, coordinate));
    Number s = number_of(signature.substr(coordinate));
    if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1)
        return {};
    static_cast<void>(r.release()); // the pair has them now
    static_cast<void>(s.release());
    unsigned char* octets = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &octets);
    if (size <= 0)
        return {};
    std::string der(reinterpret_cast<const char*>(octets),
                    static_cast<std::size_t>(size));
    OPENSSL_free(octets);
    return der;
}

} // namespace

void SigningKeys::Free::operator()(evp_pkey_st* key) const
{
    EVP_PKEY_free(key);
}

Result<SigningKeys> SigningKeys::load(const std::string& path)
{
    const auto text = config::read_text_file(path, max_size);
    if (!text)
        return text.error();
    auto keys = parse(*text);
    if (!keys)
        return Error{keys.error().code, path + ": " + keys.error().text, 0};
    return keys;
}

Result<SigningKeys> SigningKeys::parse(std::string_view text)
{
    SigningKeys keys;
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    const bool is_set = start != std::string_view::npos && text[start] == '{';
    if (auto done = is_set ? keys.add_set(text) : keys.add_pem(text); !done)
        return done.error();
    if (keys.keys_.empty())
        return Error{Errc::Syntax, "no key for RS256 or ES256", 0};
    return keys;
}

void SigningKeys::add(std::string id, evp_pkey_st* key)
{
    std::unique_ptr<evp_pkey_st, Free> owner(key);
    const auto algorithm = key == nullptr ? std::nullopt : algorithm_of(key);
    if (algorithm && keys_.size() < max_keys)
        keys_.push_back({std::move(id), *algorithm, std::move(owner)});
}

base::Status SigningKeys::add_pem(std::string_view text)
{
    const unsigned char* at = octets_of(text);
    std::size_t left = text.size();
    while (left > 0) {
        EVP_PKEY* key = nullptr;
        const Decoder decoder(OSSL_DECODER_CTX_new_for_pkey(
            &key, "PEM", nullptr, nullptr, EVP_PKEY_PUBLIC_KEY, nullptr, nullptr));
        if (!decoder)
            throw std::bad_alloc();
        const std::size_t before = left;
        if (OSSL_DECODER_from_data(decoder.get(), &at, &left) != 1 || left == before)
            break;
        add({}, key);
    }
    ERR_clear_error(); // the end of the text counts as an error
    return base::Done{};
}

base::Status SigningKeys::add_set(std::string_view text)
{
    const auto set = Json::parse(text);
    if (!set)
        return set.error();
    const Json* const keys = set->member("keys");
    if (keys == nullptr || keys->array() == nullptr)
        return Error{Errc::Syntax, "JSON, but no key set", 0};
    for (const Json& key : *keys->array()) {
        const std::string_view use = member(key, "use");
        if (!use.empty() && use != "sig")
            continue;
        const std::string_view type = member(key, "kty");
        std::string id(member(key, "kid"));
        if (type == "RSA")
            add(std::move(id), rsa_key(key));
        else if (type == "EC")
            add(std::move(id), ec_key(key));
    }
    ERR_clear_error(); // of keys that are none
    return base::Done{};
}

bool SigningKeys::verify(Algorithm algorithm, std::string_view id,
                         std::string_view text, std::string_view signature) const
{
    const std::string der = algorithm == Algorithm::Es256 ? in_der(signature) : "";
    const std::string_view whole = algorithm == Algorithm::Es256 ? der : signature;
    const bool is_named =
        !id.empty() && std::ranges::find(keys_, id, &Key::id) != keys_.end();
    for (const Key& key : keys_) {
        if (key.algorithm != algorithm || (is_named && key.id != id) || whole.empty())
            continue;
        const DigestContext context(EVP_MD_CTX_new());
        if (!context)
            throw std::bad_alloc();
        const bool is_right =
            EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr,
                                 key.key.get()) == 1 &&
            EVP_DigestVerify(context.get(), octets_of(whole), whole.size(),
                             octets_of(text), text.size()) == 1;
        ERR_clear_error();
        if (is_right)
            return true;
    }
    return false;
}

} // namespace auth
