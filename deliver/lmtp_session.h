// SPDX-License-Identifier: ISC
/// \file
/// One LMTP client: RFC 2033, with PIPELINING (RFC 2920), 8BITMIME (RFC 6152), SIZE
/// (RFC 1870), CHUNKING (RFC 3030), SMTPUTF8 (RFC 6531) and ENHANCEDSTATUSCODES (RFC
/// 2034).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "deliver/lmtp_command.h"
#include "deliver/lmtp_data.h"
#include "deliver/received.h"
#include "deliver/spool.h"
#include "io/input.h"
#include "io/output.h"
#include "io/wait.h"

namespace deliver {

/// "250 2.1.5 text" without its line end. The enhanced status code (RFC 3463) is part
/// of it.
using LmtpReply = std::string;

inline bool is_accepted(const LmtpReply& reply)
{
    return reply.starts_with('2');
}

/// What a client says of a message, its recipients aside.
struct LmtpEnvelope {
    std::string sender; ///< empty: the null sender
    std::string client; ///< as it called itself
    Origin::Protocol protocol = Origin::Protocol::Lmtp;
};

/// Who knows the recipients and delivers to them. Implemented by `Mailroom`; the tests
/// have one of their own.
class LmtpBackend {
public:
    virtual ~LmtpBackend() = default;
    /// Whether there is mail for `address`; takes it as a recipient if the reply is
    /// an acceptance.
    virtual LmtpReply add_recipient(const std::string& address) = 0;
    virtual void forget_recipients() = 0;
    /// A file for a message that is larger than we keep in memory. See `Spool`.
    virtual base::Result<base::UniqueFd> make_file() = 0;
    /// Delivers to all recipients: a reply for each, in their order.
    virtual std::vector<LmtpReply> deliver(const LmtpEnvelope& envelope,
                                           Spool& message) = 0;
};

/// What a session is bound by.
struct LmtpLimits {
    std::uint64_t octets = 0; ///< of a message; 0: no limit
};

class LmtpSession {
public:
    /// Longest command line with its CRLF. RFC 5321 §4.5.3.1.4 has 512, and
    /// extensions add to it.
    static constexpr std::size_t max_line = 4096;
    /// RFC 5321 §4.5.3.1.8 wants 100 at least.
    static constexpr std::size_t max_recipients = 1000;
    /// A client that does not speak LMTP is not listened to for ever.
    static constexpr unsigned max_errors = 20;
    /// RFC 5321 §4.5.3.2.7. Milliseconds.
    static constexpr std::int64_t patience_ms = 300'000;

    /// All are borrowed. `host` is our name in the greeting.
    LmtpSession(io::Stream& stream, io::Wait& wait, LmtpBackend& backend,
                const LmtpLimits& limits, std::string host);

    /// Serves the client until it quits. Throws io::Disconnected.
    void run();

private:
    enum class Next { Command, Close };

    Next command(std::string_view line);
    void lhlo(std::string_view rest);
    void mail(std::string_view rest);
    void rcpt(std::string_view rest);
    void data();
    void bdat(std::string_view rest);
    void take_chunk(std::uint64_t octets, bool keep);
    void finish_message();
    void begin_message(LmtpData::Framing framing);
    void store(std::string_view octets);
    void reset();
    void reply(std::string_view text);
    void refuse(std::string_view text);
    /// Has more in the buffer, or throws Disconnected.
    void fill();

    io::Input in_;
    io::Output out_;
    io::Wait* wait_;
    LmtpBackend* backend_;
    LmtpLimits limits_;
    std::string host_;

    bool greeted_ = false;
    bool has_sender_ = false;
    LmtpEnvelope envelope_;
    std::size_t recipients_ = 0;
    std::unique_ptr<Spool> spool_; ///< while a message is being received
    std::unique_ptr<LmtpData> framing_;
    std::string unframed_; ///< kept for its memory
    std::string failure_;  ///< the reply for all, if it cannot be stored
    unsigned errors_ = 0;
};

} // namespace deliver
