// SPDX-License-Identifier: ISC
#include "auth/hash.h"

#include <algorithm>
#include <climits>
#include <new>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace auth {
namespace {

const EVP_MD* method_of(Hash hash)
{
    return hash == Hash::Sha1     ? EVP_sha1()
           : hash == Hash::Sha256 ? EVP_sha256()
                                  : EVP_sha512();
}

const unsigned char* octets_of(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* octets_of(std::string& text)
{
    return reinterpret_cast<unsigned char*>(text.data());
}

int size_of(std::string_view text)
{
    if (text.size() > INT_MAX)
        throw std::bad_alloc();
    return static_cast<int>(text.size());
}

} // namespace

std::string digest(Hash hash, std::string_view octets)
{
    std::string made(digest_size(hash), '\0');
    if (EVP_Digest(octets.data(), octets.size(), octets_of(made), nullptr,
                   method_of(hash), nullptr) != 1)
        throw std::bad_alloc();
    return made;
}

std::string hmac(Hash hash, std::string_view key, std::string_view octets)
{
    std::string made(digest_size(hash), '\0');
    unsigned size = 0;
    if (HMAC(method_of(hash), key.data(), size_of(key), octets_of(octets),
             octets.size(), octets_of(made), &size) == nullptr)
        throw std::bad_alloc();
    return made;
}

std::string salted(Hash hash, std::string_view password, std::string_view salt,
                   std::uint32_t iterations)
{
    std::string made(digest_size(hash), '\0');
    if (PKCS5_PBKDF2_HMAC(password.data(), size_of(password), octets_of(salt),
                          size_of(salt), static_cast<int>(iterations), method_of(hash),
                          size_of(made), octets_of(made)) != 1)
        throw std::bad_alloc();
    return made;
}

std::string exclusive_or(std::string_view a, std::string_view b)
{
    std::string made(std::min(a.size(), b.size()), '\0');
    for (std::size_t i = 0; i < made.size(); ++i)
        made[i] = static_cast<char>(a[i] ^ b[i]);
    return made;
}

bool are_equal(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace auth
