// SPDX-License-Identifier: ISC
/// \file
/// ENABLE. RFC 5161, RFC 9051 §6.3.1: what we do not know, or what the settings have
/// taken away, is not enabled, and no error. ENABLED lists what this command has
/// switched on, and nothing that was on before.

#include "commands/commands.h"

#include <string>
#include <string_view>
#include <vector>

#include "config/values.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
namespace {

struct Known {
    std::string_view token;
    Extension extension;
};

constexpr Known all[] = {
    {"CONDSTORE", Extension::Condstore},    // RFC 7162
    {"QRESYNC", Extension::Qresync},        // RFC 7162
    {"IMAP4rev2", Extension::Imap4rev2},    // RFC 9051
    {"UTF8=ACCEPT", Extension::Utf8Accept}, // RFC 6855
    {"METADATA", Extension::Metadata},      // RFC 5464 §4.1
};

/// Those of `all` that are named, in our order and spelling.
std::vector<Known> parse(imap::Parser& in)
{
    std::vector<std::string> tokens;
    do {
        in.space("the capability");
        tokens.emplace_back(in.atom());
    } while (!in.at_end());
    std::vector<Known> named;
    for (const Known& known : all) {
        if (config::is_among(known.token, tokens))
            named.push_back(known);
    }
    return named;
}

} // namespace

Reply enable(Session& session, Request& request)
{
    const std::vector<Known> named = parse(request.args);
    const Extensions before = session.enabled();
    std::string enabled = "ENABLED";
    for (const auto& [token, extension] : named) {
        if (before.has(extension) ||
            config::is_among(token, session.settings().imapd.capability_disable))
            continue;
        session.enable(extension);
        enabled += ' ';
        enabled += token;
    }
    session.writer().untagged(enabled);
    return Reply::ok("ENABLE completed");
}

} // namespace imapd
