// SPDX-License-Identifier: ISC
/// \file
/// Dovecot's authentication protocol, the server's side, as Postfix speaks it with
/// `smtpd_sasl_type = dovecot`: who may send mail is who may read it.
///
/// It is Dovecot's "Authentication Protocol v1.2" without master users, and without
/// what passes cookies on to other services. Lines, with tabs between their fields:
///
///     server  VERSION 1 2 / MECH PLAIN plaintext / … / SPID pid / CUID n / COOKIE c /
///     DONE client  VERSION 1 x / CPID pid client  AUTH id mechanism service=smtp
///     rip=192.0.2.7 … resp=base64 server  CONT id base64 | OK id user=ann | FAIL id
///     user=ann [temp] client  CONT id base64
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/auth.h"
#include "login/commands.h"

namespace login {

/// The dialogue with one client. It knows no descriptor.
///
/// One exchange at a time: a client that begins another one before the last is over has
/// given that up, as Postfix has when its own client is gone.
class SaslServer {
public:
    /// A longer line ends the connection. Unit: octets.
    static constexpr std::size_t max_line = 32 * 1024;

    /// `verifier` is borrowed. `mechanisms` are SASL's names; `request` is what every
    /// AuthRequest begins as.
    SaslServer(Verifier& verifier, std::vector<std::string> mechanisms,
               ipc::AuthRequest request)
        : verifier_(&verifier), mechanisms_(std::move(mechanisms)),
          request_(std::move(request))
    {
    }

    /// What is said first. `pid` is this process's, `cookie` 16 random octets.
    std::string greeting(long pid, std::string_view cookie) const;

    /// The answer to a line, which comes without its end; may be empty. Nothing if the
    /// client speaks something else, and is to be left.
    std::optional<std::string> answer(std::string_view line);

private:
    std::string begin(const std::vector<std::string_view>& fields);
    std::string go_on(const std::vector<std::string_view>& fields);
    std::string tell(const ipc::AuthReply& reply);
    std::string fail(std::string_view id, std::string_view why);

    Verifier* verifier_;
    std::vector<std::string> mechanisms_;
    ipc::AuthRequest request_;
    std::string id_; ///< of the exchange that waits for the client; empty: none
};

} // namespace login
