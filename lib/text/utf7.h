// SPDX-License-Identifier: ISC
/// \file
/// Mailbox names in modified UTF-7. RFC 3501 §5.1.3 (RFC 2152 with changes).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace text {

/// The one modified UTF-7 form of a name in UTF-8. Control characters are
/// encoded like everything else outside printable ASCII.
///
/// Errors: Syntax if `utf8` is not UTF-8.
base::Result<std::string> utf7_encode(std::string_view utf8);

/// The name that `utf7` stands for, in UTF-8. Accepts exactly what `utf7_encode`
/// gives, so that no two spellings name one mailbox.
///
/// Errors: Syntax for 8-bit and control octets, for a shift that does not end,
/// is empty where it is not `&-`, follows another at once, has bad digits or
/// bits left over, encodes what can stand for itself, or holds a lone surrogate.
base::Result<std::string> utf7_decode(std::string_view utf7);

} // namespace text
