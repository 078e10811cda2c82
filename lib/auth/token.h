// SPDX-License-Identifier: ISC
/// \file
/// Bearer tokens that are signed (JWT, RFC 7519), verified here and not by asking
/// whoever has made them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "auth/signing_keys.h"
#include "base/result.h"
#include "config/settings.h"

namespace auth {

/// A longer token is refused. Unit: octets.
inline constexpr std::size_t max_token = 12 * 1024;
/// Clocks may differ by so much. Unit: seconds.
inline constexpr std::int64_t leeway = 60;

/// The user whom `token` is for, by the claim that `[oauth] user-claim` names, if
/// - one of `keys` has signed it, by RS256 or ES256;
/// - `iss` and `aud` are what `[oauth]` says;
/// - `exp` is there and not past, and `nbf`, if it is there, is not to come;
/// - no header is critical (RFC 7515 §4.1.11).
///
/// Error: Refused, with a text for the log.
base::Result<std::string> user_of_token(std::string_view token, const SigningKeys& keys,
                                        const config::Settings::Oauth& settings,
                                        std::int64_t now);

} // namespace auth
