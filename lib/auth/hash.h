// SPDX-License-Identifier: ISC
/// \file
/// Digests and what is made of them, by OpenSSL's libcrypto.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace auth {

enum class Hash { Sha1, Sha256, Sha512 };

/// Of a digest. Unit: octets.
constexpr std::size_t digest_size(Hash hash)
{
    return hash == Hash::Sha1 ? 20 : hash == Hash::Sha256 ? 32 : 64;
}

/// All of these give octets, not text, and throw std::bad_alloc when libcrypto cannot.
std::string digest(Hash hash, std::string_view octets);
/// HMAC, RFC 2104.
std::string hmac(Hash hash, std::string_view key, std::string_view octets);
/// PBKDF2 with that HMAC, one digest long: Hi() of RFC 5802 §2.2.
std::string salted(Hash hash, std::string_view password, std::string_view salt,
                   std::uint32_t iterations);
/// `a` XOR `b`, which are of one length.
std::string exclusive_or(std::string_view a, std::string_view b);

/// Takes a time that depends on the lengths only.
bool are_equal(std::string_view a, std::string_view b);

} // namespace auth
