// SPDX-License-Identifier: ISC
#pragma once

#include <string>

#include "config/settings.h"

namespace imapd {

/// What CAPABILITY tells an authenticated client, tokens separated by spaces,
/// without those that the settings take away. RFC 9051 §6.1.1.
std::string capabilities(const config::Settings& settings);

} // namespace imapd
