// SPDX-License-Identifier: ISC
#pragma once

#include <string>

#include "mime/structure.h"

namespace imapd {

/// BODY is BODYSTRUCTURE without the extension data.
enum class Extensions { Without, With };

/// BODY or BODYSTRUCTURE in wire form, parentheses included. RFC 9051 §7.5.2 and
/// `body` in §9.
std::string body_text(const mime::Part& part, Extensions extensions);

} // namespace imapd
