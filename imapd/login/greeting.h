// SPDX-License-Identifier: ISC
/// \file
/// What a client is told before it has said anything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"

namespace login {

/// How a client is connected, as far as it decides what it may do.
struct Door {
    enum class Tls { Unavailable, Startable, Running };
    enum class Place { Here, Elsewhere };

    Tls tls = Tls::Unavailable;
    Place client = Place::Elsewhere; ///< Here: on this machine
    config::Cleartext cleartext = config::Cleartext::Never;
    std::vector<std::string> mechanisms; ///< SASL names, without -PLUS
    /// Whether mechanisms can bind to this TLS (RFC 5056).
    enum class Binding { Impossible, Possible } binding = Binding::Impossible;
    /// Whether the client has shown a certificate with a name in it.
    enum class Certificate { None, Shown } certificate = Certificate::None;
    config::Literals literals = config::Literals::Plus;
    std::vector<std::string> disabled; ///< capabilities that are not told
    std::string hostname;              ///< for the greeting; may be empty

    /// Whether passwords may come in over this connection as it is now.
    bool takes_passwords() const;
    /// Whether LOGIN is carried out: it is PLAIN by another name.
    bool takes_login() const;
    /// The mechanisms that can be used now, best first; those that bind to TLS come
    /// with the same without, unless they are not to be told.
    std::vector<std::string> offered() const;
};

/// What CAPABILITY tells before login: tokens with spaces between them.
/// RFC 9051 §6.1.1, §6.2.3 (LOGINDISABLED), RFC 4959 (SASL-IR).
std::string capabilities(const Door& door);

/// The text of the greeting, behind `* OK `: the capabilities as a response code
/// and a sentence. RFC 9051 §7.1.1.
std::string greeting(const Door& door);

} // namespace login
