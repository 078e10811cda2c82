// SPDX-License-Identifier: ISC
/// \file
/// What a login process and an attempt say to each other.
///
///     login ── AuthRequest {client's stream, reply socket} ──► attempt
///     login ◄─ AuthReply Challenge ───────────────────────────
///     login ── AuthAnswer Response ──────────────────────────►   (as often as needed)
///     login ◄─ AuthReply Refused | Accepted ──────────────────
///     login ── AuthAnswer Handover ──────────────────────────►   (after Accepted)
///
/// The request goes over the socket that all login processes share; everything else
/// over the socket that came with it. All that a login process says is a client's word
/// and bounded here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ipc {

/// A connection's number as the log tells it, in every line of every process that has
/// to do with it: hexadecimal.
std::string connection_id(std::uint64_t connection);

/// A channel binding of the client's TLS: its name and its octets (RFC 5056).
struct ChannelBinding {
    static constexpr std::size_t max_octets = 256; ///< of either

    std::string name;
    std::string data;
    bool operator==(const ChannelBinding&) const = default;
};

/// Somebody wants to log in. Two descriptors come with it: the session's end of the
/// client's stream, and the socket for the replies.
struct AuthRequest {
    static constexpr std::size_t max_name = 64;
    static constexpr std::size_t max_tag = 1024;
    static constexpr std::size_t max_text = 256;
    /// Of one response of the client, decoded.
    static constexpr std::size_t max_response = 16 * 1024;

    /// Answer: who the client is, is all that is wanted; no session comes of it.
    enum class Purpose { Session, Answer };

    std::uint64_t connection = 0; ///< as the supervisor numbered it
    Purpose purpose = Purpose::Session;
    std::string protocol = "imap"; ///< that the client speaks: for passwords' limits
    std::string mechanism;         ///< SASL's name for it: "PLAIN"
    std::string method; ///< for the log: "LOGIN" for the command of that name
    std::optional<std::string> initial; ///< the initial response, decoded
    std::string tag;                    ///< which the session will answer
    std::string peer;                   ///< the client's address, without port
    std::string tls;                    ///< version and cipher, or empty
    /// Of the TLS, if the client has been told that it may bind to it.
    static constexpr std::size_t max_bindings = 4;
    std::vector<ChannelBinding> bindings;
    /// Users that the client's certificate is for, if it has shown one.
    static constexpr std::size_t max_certificate_names = 16;
    std::vector<std::string> certificate_names;

    std::string encode() const;
    static base::Result<AuthRequest> decode(std::string_view bytes);
};

/// Why somebody is not let in: a response code each (RFC 5530 §3).
enum class Refusal {
    Failed,      ///< AUTHENTICATIONFAILED
    Unavailable, ///< UNAVAILABLE: try again later
    Limit,       ///< LIMIT: too many connections
    Unsupported, ///< no such mechanism
    Malformed,   ///< the response breaks the mechanism's syntax
};

/// What an attempt says.
struct AuthReply {
    enum class Kind { Challenge, Refused, Accepted };
    Kind kind = Kind::Refused;
    Refusal refusal = Refusal::Failed;
    std::string challenge; ///< not encoded in base64
    std::string user;      ///< who was accepted

    std::string encode() const;
    static base::Result<AuthReply> decode(std::string_view bytes);
};

/// What a login process says after its request.
struct AuthAnswer {
    /// Handover: the stream is the session's from now on; `bytes` is what the client
    /// has sent already.
    enum class Kind { Response, Cancel, Handover };
    static constexpr std::size_t max_received = 64 * 1024 + 1024;

    Kind kind = Kind::Cancel;
    std::string bytes;

    std::string encode() const;
    static base::Result<AuthAnswer> decode(std::string_view bytes);
};

} // namespace ipc
