// SPDX-License-Identifier: ISC
/// \file
/// What the commands around quota share. RFC 9208.
#pragma once

#include <string_view>

#include "session/session.h"

namespace imapd {

/// The one quota root there is, for all mailboxes of the user. RFC 9208 §3.2: opaque.
inline constexpr std::string_view quota_root = "user";

/// Writes the QUOTA response. RFC 9208 §4.2.1: storage in units of 1024 octets.
void write_quota(Session& session, const maildir::Quota::State& state);

} // namespace imapd
