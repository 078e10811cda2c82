// SPDX-License-Identifier: ISC
#pragma once

#include <string>

#include "mime/envelope.h"

namespace imapd {

/// ENVELOPE in wire form, parentheses included. RFC 9051 §7.5.2.
std::string envelope_text(const mime::Envelope& envelope);

} // namespace imapd
