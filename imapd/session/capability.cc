// SPDX-License-Identifier: ISC
#include "session/capability.h"

#include <string_view>

#include "config/values.h"

namespace imapd {
namespace {

/// A line each, so that what is announced can be read at a glance; what we do of each
/// is in imapd-standards(7).
constexpr std::string_view tokens[] = {
    "IMAP4rev1",     // RFC 3501
    "IMAP4rev2",     // RFC 9051
    "SASL-IR",       // RFC 4959
    "ID",            // RFC 2971
    "ENABLE",        // RFC 5161
    "UTF8=ACCEPT",   // RFC 6855
    "IDLE",          // RFC 2177
    "NAMESPACE",     // RFC 2342
    "CHILDREN",      // RFC 3348
    "LIST-EXTENDED", // RFC 5258
    "LIST-STATUS",   // RFC 5819
    "STATUS=SIZE",   // RFC 8438
    "SPECIAL-USE",   // RFC 6154
    "CREATE-SPECIAL-USE",
    "UNSELECT",          // RFC 3691
    "COMPRESS=DEFLATE",  // RFC 4978
    "QUOTA",             // RFC 9208
    "QUOTA=RES-STORAGE", // RFC 9208
    "QUOTA=RES-MESSAGE", // RFC 9208
    "METADATA",          // RFC 5464
    "NOTIFY",            // RFC 5465
    "UIDPLUS",           // RFC 4315
    "MOVE",              // RFC 6851
    "ESEARCH",           // RFC 4731
    "SEARCHRES",         // RFC 5182
    "CONDSTORE",         // RFC 7162
    "QRESYNC",           // RFC 7162
    "MULTIAPPEND",       // RFC 3502
    "BINARY",            // RFC 3516
    "CATENATE",          // RFC 4469
    "REPLACE",           // RFC 8508
    "SAVEDATE",          // RFC 8514
    "OBJECTID",          // RFC 8474
    "PREVIEW",           // RFC 8970
};

} // namespace

std::string capabilities(const config::Settings& settings)
{
    std::string text;
    const auto tell = [&](std::string_view token, std::string_view value = {}) {
        if (config::is_among(token, settings.imapd.capability_disable))
            return;
        if (!text.empty())
            text += ' ';
        text += token;
        text += value;
    };
    for (const std::string_view token : tokens)
        tell(token);
    // RFC 7888 §5: one of the two.
    tell(settings.imapd.literals == config::Literals::Plus ? "LITERAL+" : "LITERAL-");
    tell("APPENDLIMIT", "=" + std::to_string(settings.limits.literal)); // RFC 7889
    return text;
}

} // namespace imapd
