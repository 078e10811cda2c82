// SPDX-License-Identifier: ISC
#pragma once

#include <string>
#include <vector>

namespace auth {

/// A channel binding that this connection has: its name and its octets (RFC 5056).
struct Binding {
    std::string name; ///< `tls-exporter`
    std::string data;

    bool operator==(const Binding&) const = default;
};

/// From where, for what and over which connection somebody logs in.
struct Circumstances {
    std::string address;           ///< the client's, without port; may be no address
    std::string protocol = "imap"; ///< which is asked for: `imap`, `smtp`
    /// Empty: the mechanisms that bind to the channel have not been announced.
    std::vector<Binding> bindings = {};
    /// Users that the client's certificate is for, as the settings read it. The client
    /// has shown that it has the certificate's key.
    std::vector<std::string> certificate_names = {};
};

} // namespace auth
