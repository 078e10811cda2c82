// SPDX-License-Identifier: ISC
#include "session/capability.h"

#include <string_view>

namespace imapd {
namespace {

/// A line each, so that what is announced can be read at a glance; what we do of each
/// is in imapd-standards(7).
constexpr std::string_view tokens[] = {
    "IMAP4rev1", // RFC 3501
    "LITERAL+",  // RFC 7888
    "SASL-IR",   // RFC 4959
    "ID",        // RFC 2971
    "ENABLE",    // RFC 5161
    "IDLE",      // RFC 2177
    "NAMESPACE", // RFC 2342
    "CHILDREN",  // RFC 3348
    "UNSELECT",  // RFC 3691
    "UIDPLUS",   // RFC 4315
};

} // namespace

std::string capabilities()
{
    std::string text;
    for (const std::string_view token : tokens) {
        if (!text.empty())
            text += ' ';
        text += token;
    }
    return text;
}

} // namespace imapd
