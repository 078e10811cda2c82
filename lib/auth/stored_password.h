// SPDX-License-Identifier: ISC
/// \file
/// Stored passwords, `{SCHEME}…`, taken apart. Nothing is computed here:
/// `auth/password.h` compares, and has the cryptographic libraries that go with it.
///
/// A scheme may end in `.b64`, `.base64` or `.hex`, which say how the rest is encoded.
/// Names of schemes are taken in any case.
///
/// | scheme | what follows |
/// |---|---|
/// | PLAIN, CLEARTEXT | the password |
/// | CRYPT, none, DES-CRYPT, MD5-CRYPT, BLF-CRYPT, SHA256-CRYPT, SHA512-CRYPT | a hash
/// that crypt(3) knows; the hash says what made it | | SHA, SHA1, SHA256, SHA512 | the
/// digest of the password, in base64, or in hex | | SSHA, SSHA256, SSHA512 | the digest
/// of password and salt, and the salt, in base64 | | ARGON2I, ARGON2ID | a hash as RFC
/// 9106's reference program writes it | | SCRAM-SHA-1, SCRAM-SHA-256 | iterations,
/// salt, StoredKey, ServerKey (RFC 5802 §3) with commas between them, the last three in
/// base64 |
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "auth/hash.h"
#include "base/result.h"

namespace auth {

struct PlainPassword {
    std::string password;
};

/// Whatever crypt(3) understands, yescrypt included.
struct CryptHash {
    std::string text;
    /// What is weak is used only where `[auth] weak-schemes` says so: DES and MD5.
    bool is_weak() const;
};

struct DigestHash {
    Hash hash = Hash::Sha256;
    std::string digest;
    std::string salt; ///< empty: none
};

struct Argon2Hash {
    /// More than these is the password of nobody who must log in: memory and time are
    /// spent for each attempt. Units: KiB, passes, lanes, octets.
    static constexpr std::uint32_t max_memory = 1024 * 1024;
    static constexpr std::uint32_t max_passes = 64;
    static constexpr std::uint32_t max_lanes = 64;
    static constexpr std::size_t max_octets = 128;

    enum class Variant { I, Id } variant = Variant::Id;
    std::uint32_t version = 0x13;
    std::uint32_t memory = 0;
    std::uint32_t passes = 0;
    std::uint32_t lanes = 0;
    std::string salt;
    std::string digest;
};

/// RFC 5802 §3: what a server keeps.
struct ScramKeys {
    static constexpr std::uint32_t max_iterations = 10'000'000;

    Hash hash = Hash::Sha256;
    std::uint32_t iterations = 0;
    std::string salt;
    std::string stored_key;
    std::string server_key;
};

using StoredPassword =
    std::variant<PlainPassword, CryptHash, DigestHash, Argon2Hash, ScramKeys>;

/// Takes `text` apart. Errors: Unsupported for a scheme we do not know, and for a hash
/// that crypt(3) does not know; Syntax for what is none of the scheme's, and for a hash
/// that is empty or locked (`!`, `*`). Texts do not show the hash.
base::Result<StoredPassword> parse_stored(std::string_view text);

/// Done if `parse_stored` can take it apart; else its error.
base::Status check_stored(std::string_view text);

/// Whether the password is a hash by a method that nobody should use any more.
bool is_weak(std::string_view text);

} // namespace auth
