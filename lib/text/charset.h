// SPDX-License-Identifier: ISC
/// \file
/// Text in any character set the C library knows, as UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace text {

/// Names longer than this, in octets, are unknown without asking.
inline constexpr std::size_t max_charset_name = 64;

/// Whether `to_utf8` can do something with this name (of any case, an IANA name
/// or alias).
bool charset_is_known(std::string_view charset);

/// `bytes`, which are in `charset`, in UTF-8. What cannot be decoded becomes one
/// U+FFFD for each octet; so the result is always valid UTF-8. US-ASCII is taken
/// for UTF-8 when octets past 0x7F stand in it, which is what mailers that lie
/// about it mostly mean.
///
/// Errors: Unsupported for a charset that is not known.
base::Result<std::string> to_utf8(std::string_view charset, std::string_view bytes);

} // namespace text
