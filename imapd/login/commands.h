// SPDX-License-Identifier: ISC
/// \file
/// The commands of a client that has not logged in: RFC 9051 §6.1 and §6.2, RFC 3501
/// likewise, RFC 2971 (ID), RFC 4959 (SASL-IR).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imap/command_reader.h"
#include "imap/parser.h"
#include "imap/writer.h"
#include "ipc/auth.h"
#include "log/log.h"
#include "login/greeting.h"

namespace login {

/// Who says whether somebody may log in: an attempt, in a process of its own, or a
/// test. An exchange ends with the first reply that is not a Challenge.
class Verifier {
public:
    virtual ~Verifier() = default;
    /// Begins an exchange.
    virtual ipc::AuthReply begin(const ipc::AuthRequest& request) = 0;
    /// Goes on with the client's response to a challenge.
    virtual ipc::AuthReply answer(std::string_view response) = 0;
    /// Ends the exchange: the client does not want to go on.
    virtual void cancel() = 0;
};

/// The dialogue with one client up to its login.
///
/// It knows no descriptor. Whoever owns the connection sends what was written before
/// it waits for more input, and does what `run` asks for when it comes back.
class Commands {
public:
    /// After so many BADs the client hears BYE: it does not speak IMAP.
    static constexpr int max_bad = 20;
    /// After so many refused logins likewise; each has been delayed.
    static constexpr int max_refused = 10;
    /// One response of a SASL exchange, in base64.
    static constexpr std::size_t max_response_line =
        (ipc::AuthRequest::max_response / 3 + 1) * 4;

    /// All are borrowed for the life of this object. `request` is what every
    /// AuthRequest of this client begins as: connection, peer.
    Commands(imap::ByteSource& source, imap::ByteSink& sink, Verifier& verifier,
             Door door, ipc::AuthRequest request, logging::Log log);

    void greet();

    enum class End {
        Accepted,  ///< logged in; the session answers the command
        StartTls,  ///< the OK is written: shake hands, `tls_runs`, `run` again
        Logout,    ///< the client wants to go; all is written
        TooMuch,   ///< it has tried too often; BYE is written
        NotSpoken, ///< what it sends is not IMAP; BYE is written
    };
    /// Answers commands until something else must be done.
    End run();

    /// TLS has begun. What the client sent before it is forgotten, since somebody
    /// in between could have put it there (RFC 9051 §6.2.1).
    void tls_runs(std::string_view version_and_cipher,
                  std::vector<ipc::ChannelBinding> bindings,
                  std::vector<std::string> certificate_names);

    /// What the client has sent after the command that let it in.
    std::string take_input() { return reader_.take_input(); }
    /// Writes `* BYE text`.
    void bye(std::string_view text);

private:
    enum class Next { Command, Accepted, StartTls, Logout };
    struct Login;

    Next answer(const imap::Command& command);
    Next carry_out(std::string_view tag, std::string_view word, imap::Parser& args);
    Next capability(std::string_view tag, imap::Parser& args);
    Next id(std::string_view tag, imap::Parser& args);
    Next logout(std::string_view tag, imap::Parser& args);
    Next start_tls(std::string_view tag, imap::Parser& args);
    Next authenticate(std::string_view tag, imap::Parser& args);
    Next login(std::string_view tag, imap::Parser& args);
    Next exchange(std::string_view tag, ipc::AuthReply reply);
    Next refused(std::string_view tag, ipc::Refusal refusal);
    Next no(std::string_view tag, std::string_view text);
    Next bad(std::string_view tag, std::string_view text);

    imap::CommandReader reader_;
    imap::Writer out_;
    Verifier* verifier_;
    Door door_;
    ipc::AuthRequest request_;
    logging::Log log_;
    int bad_ = 0;
    int refused_ = 0;
};

} // namespace login
