// SPDX-License-Identifier: ISC
#pragma once

#include <string>

namespace imapd {

/// What CAPABILITY tells an authenticated client, tokens separated by spaces.
/// RFC 9051 §6.1.1.
std::string capabilities();

} // namespace imapd
