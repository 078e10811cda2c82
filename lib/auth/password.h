// SPDX-License-Identifier: ISC
/// \file
/// Comparing a password with a stored one, and making one to store. What a stored one
/// looks like: `auth/stored_password.h`.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "auth/stored_password.h"
#include "base/random.h"
#include "base/result.h"

namespace auth {

/// Passwords longer than this are refused. Unit: octets.
inline constexpr std::size_t max_password = 1024;

/// True if `given` is the password that `stored` stands for. Compares in a time that
/// does not tell where the difference is, and wipes what it copies. False for whatever
/// `parse_stored` does not take, an empty password, one with a NUL in it, and one past
/// `max_password`.
bool verify(std::string_view stored, std::string_view given);

/// Takes as long as `verify` does and says no: for users that do not exist, so that
/// the time does not tell. `decoy` is somebody else's stored password, whose method
/// is probably the one in use here; if it is empty, a hash of our own.
void verify_in_vain(std::string_view decoy, std::string_view given);

/// What `make_stored` can make, best first.
inline constexpr std::array<std::string_view, 9> schemes_to_make = {
    "ARGON2ID",     "SCRAM-SHA-256", "SCRAM-SHA-1", "CRYPT",  "BLF-CRYPT",
    "SHA512-CRYPT", "SHA256-CRYPT",  "SSHA512",     "SSHA256"};

/// `{SCHEME}…` for `password`, with a fresh salt. Errors: Unsupported for a scheme that
/// is not one of those above; Syntax for a password that no client could send (empty,
/// too long, a NUL in it); Cannot.
base::Result<std::string> make_stored(std::string_view scheme,
                                      std::string_view password, base::Random& random);

/// The keys of RFC 5802 §3 for `password`, which is prepared as SASLprep has it if it
/// can be.
ScramKeys scram_keys(Hash hash, std::string_view password, std::string salt,
                     std::uint32_t iterations);

} // namespace auth
