// SPDX-License-Identifier: ISC
/// \file
/// The messages that a client sends with APPEND and REPLACE.
///
/// RFC 9051 §6.3.12 and `append-message` in §9; RFC 3502 for several of them, RFC 3516
/// for literal8, RFC 4469 for CATENATE, RFC 6855 §4 for UTF8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "imap/command_reader.h"
#include "imap/parser.h"
#include "mailbox/append.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {

/// Reads messages off the connection, one after the other:
///
///     next → begin → receive → has_more → next → receive → …
///
/// Nothing is held in memory: the octets go to a file in tmp/ as they come. Whoever
/// stops half-way says `refuse`, so that the dialogue stays in step.
class Uploads {
public:
    /// More in one command are refused: each holds files open until the last has come.
    static constexpr std::size_t max_messages = 250;

    /// The arguments have been read up to and with the mailbox name.
    Uploads(Session& session, Request& request);

    /// Parses flags, date and the beginning of the data: everything that comes before
    /// the first literal. Throws imap::SyntaxError.
    void next();

    /// Opens the mailbox that the messages are for, or says why not.
    std::optional<Reply> begin(const std::string& name);

    /// Takes the message into `append`. Otherwise the answer that says why not.
    /// Throws imap::SyntaxError.
    std::optional<Reply> receive();

    /// What has been received, and where to, once it has begun.
    mailbox::Append& append() { return *append_; }
    const std::string& folder() const { return folder_; }

    /// Whether another message follows in the command (RFC 3502).
    bool has_more() const { return !in_.at_end() || pending_; }

    /// Skips what is left of the command.
    void refuse() { session_->reader().refuse_literal(); }

private:
    enum class Form { Literal, Utf8, Catenate };

    std::optional<Reply> receive_catenated();
    std::optional<Reply> receive_url();
    std::optional<Reply> receive_literal();
    std::optional<Reply> check(const imap::PendingLiteral& literal) const;
    std::string read_url();
    void go_on();

    Session* session_;
    std::string text_; ///< what `in_` reads, behind the first literal
    imap::Parser in_;
    std::optional<imap::PendingLiteral> pending_;
    std::optional<mailbox::Append> append_;
    std::string folder_;

    Form form_ = Form::Literal;
    mailbox::FlagChange flags_;
    std::optional<std::int64_t> arrival_;
    std::uint64_t octets_ = 0; ///< of the message so far
    std::size_t messages_ = 0;
};

} // namespace imapd
