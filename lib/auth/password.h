// SPDX-License-Identifier: ISC
/// \file
/// Stored passwords, `{SCHEME}hash`, and how one is compared.
///
/// `{PLAIN}` and `{CLEARTEXT}` hold the password itself. `{CRYPT}`, `{DES-CRYPT}`,
/// `{MD5-CRYPT}`, `{BLF-CRYPT}`, `{SHA256-CRYPT}`, `{SHA512-CRYPT}` and what has no
/// scheme hold whatever crypt(3) understands, yescrypt included: the hash itself
/// says which method made it. Scheme names are taken in any case.
#pragma once

#include <string_view>

#include "base/result.h"

namespace auth {

/// Passwords longer than this are refused. Unit: octets.
inline constexpr std::size_t max_password = 1024;

/// True if `given` is the password that `stored` stands for. Compares in a time that
/// does not tell where the difference is, and wipes what it copies. False for an
/// unknown scheme, an empty or locked (`!`, `*`) hash, an empty password, one with a
/// NUL in it, and one past `max_password`.
bool verify(std::string_view stored, std::string_view given);

/// Takes as long as `verify` does and says no: for users that do not exist, so that
/// the time does not tell. `decoy` is somebody else's stored password, whose method
/// is probably the one in use here; if it is empty, a hash of our own.
void verify_in_vain(std::string_view decoy, std::string_view given);

/// Done if `stored` is something `verify` can compare with; else Unsupported (no
/// such scheme) or Syntax (no hash), with a text that does not show the hash.
base::Status check_stored(std::string_view stored);

} // namespace auth
