// SPDX-License-Identifier: ISC
#include "config/key.h"

#include <algorithm>

#include "config/kinds.h"

namespace config {

using base::Done;
using base::Status;

namespace {

constexpr WordFor<Literals> literals_words[] = {{"plus", Literals::Plus},
                                                {"minus", Literals::Minus}};
constexpr WordFor<Cleartext> cleartext_words[] = {{"never", Cleartext::Never},
                                                  {"loopback", Cleartext::Loopback},
                                                  {"always", Cleartext::Always}};
constexpr WordFor<CertificateUser> certificate_words[] = {
    {"email", CertificateUser::Email}, {"cn", CertificateUser::CommonName}};
constexpr WordFor<WeakSchemes> weak_words[] = {{"refused", WeakSchemes::Refused},
                                               {"allowed", WeakSchemes::Allowed}};

/// Addresses with ports.
struct Endpoints {
    static Status read(std::string_view text, std::vector<Endpoint>& into)
    {
        std::vector<Endpoint> endpoints;
        for (const std::string_view word : words(text)) {
            auto endpoint = Endpoint::parse(word);
            if (!endpoint)
                return endpoint.error();
            endpoints.push_back(std::move(*endpoint));
        }
        into = std::move(endpoints);
        return Done{};
    }

    static std::string written(const std::vector<Endpoint>& endpoints)
    {
        std::string text;
        for (const Endpoint& endpoint : endpoints)
            text += (text.empty() ? "" : " ") + endpoint.to_text();
        return text;
    }
};

/// RFC 9051 §9: a capability is an atom. What tells the protocol itself, and that a
/// password would go over the wire in the clear, no client can do without.
Status read_capabilities(std::string_view text, std::vector<std::string>& into)
{
    static const std::vector<std::string> needed = {"IMAP4rev1", "LOGINDISABLED"};
    std::vector<std::string> tokens;
    for (const std::string_view word : words(text)) {
        const std::string token(word);
        for (const char c : word) {
            if (c <= ' ' || c > '~' ||
                std::string_view("(){%*\"\\]").find(c) != std::string_view::npos)
                return wrong("\"" + token +
                             "\" is not a capability; write words such "
                             "as COMPRESS=DEFLATE");
        }
        if (is_among(word, needed))
            return wrong("\"" + token + "\" is needed by every client; leave it out");
        tokens.push_back(token);
    }
    into = std::move(tokens);
    return Done{};
}

/// What `auth/mechanism.h` has; a test sees to it that they are the same.
Status read_mechanisms(std::string_view text, std::vector<std::string>& into)
{
    static const std::vector<std::string> known = {
        "OAUTHBEARER", "XOAUTH2", "EXTERNAL", "SCRAM-SHA-256",
        "SCRAM-SHA-1", "PLAIN",   "LOGIN"};
    std::vector<std::string> names;
    for (const std::string_view word : words(text)) {
        const auto found = std::ranges::find_if(
            known, [&](const std::string& name) { return is_among(word, {name}); });
        if (found == known.end())
            return wrong("\"" + std::string(word) +
                         "\" is not known; write some of PLAIN, LOGIN, SCRAM-SHA-256, "
                         "SCRAM-SHA-1, EXTERNAL, OAUTHBEARER and XOAUTH2");
        names.push_back(*found);
    }
    if (names.empty())
        return wrong("is empty; write PLAIN LOGIN");
    into = std::move(names);
    return Done{};
}

/// Compared as it is, so nothing of it is wrong but a space.
Status read_claim(std::string_view text, std::string& into)
{
    if (text.find_first_of(" \t") != std::string_view::npos)
        return wrong("\"" + std::string(text) + "\" has a space in it; write one word");
    into = text;
    return Done{};
}

constexpr Key keys[] = {
    row<&Settings::imapd, &Settings::Imapd::listen, Endpoints>("imapd", "listen"),
    row<&Settings::imapd, &Settings::Imapd::listen_tls, Endpoints>("imapd",
                                                                   "listen-tls"),
    row<&Settings::imapd, &Settings::Imapd::hostname, Text<read_name>>("imapd",
                                                                       "hostname"),
    row<&Settings::imapd, &Settings::Imapd::capability_disable,
        List<read_capabilities>>("imapd", "capability-disable"),
    row<&Settings::imapd, &Settings::Imapd::literals, Word<literals_words>>("imapd",
                                                                            "literals"),
    row<&Settings::tls, &Settings::Tls::certificate, Text<read_path>>("tls",
                                                                      "certificate"),
    row<&Settings::tls, &Settings::Tls::private_key, Text<read_path>>("tls",
                                                                      "private-key"),
    row<&Settings::tls, &Settings::Tls::client_ca, Text<read_path>>("tls", "client-ca"),
    row<&Settings::login, &Settings::Login::cleartext, Word<cleartext_words>>(
        "login", "cleartext"),
    row<&Settings::login, &Settings::Login::user, Text<read_user>>("login", "user"),
    row<&Settings::auth, &Settings::Auth::passwd_file, Text<read_path>>("auth",
                                                                        "passwd-file"),
    row<&Settings::auth, &Settings::Auth::checkpassword, Text<read_path>>(
        "auth", "checkpassword"),
    row<&Settings::auth, &Settings::Auth::pam, Text<read_name>>("auth", "pam"),
    row<&Settings::auth, &Settings::Auth::mechanisms, List<read_mechanisms>>(
        "auth", "mechanisms"),
    row<&Settings::auth, &Settings::Auth::certificate_user, Word<certificate_words>>(
        "auth", "certificate-user"),
    row<&Settings::auth, &Settings::Auth::socket, Text<read_path>>("auth", "socket"),
    row<&Settings::auth, &Settings::Auth::socket_user, Text<read_user>>("auth",
                                                                        "socket-user"),
    row<&Settings::auth, &Settings::Auth::weak_schemes, Word<weak_words>>(
        "auth", "weak-schemes"),
    row<&Settings::oauth, &Settings::Oauth::keys, Text<read_path>>("oauth", "keys"),
    row<&Settings::oauth, &Settings::Oauth::issuer, Text<read_claim>>("oauth",
                                                                      "issuer"),
    row<&Settings::oauth, &Settings::Oauth::audience, Text<read_claim>>("oauth",
                                                                        "audience"),
    row<&Settings::oauth, &Settings::Oauth::user_claim, Text<read_claim>>("oauth",
                                                                          "user-claim"),
};

} // namespace

std::span<const Key> server_keys()
{
    return keys;
}

} // namespace config
