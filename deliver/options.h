// SPDX-License-Identifier: ISC
/// \file
/// The command line: deliver [-ek] [-c file] [-d user] [-f sender] [-a original]
/// [-r final] [-m folder] [-p path] [-o section.key=value]. The letters are those of
/// `dovecot-lda`, so that a mail server's configuration changes by one word.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace deliver {

/// What was asked for. An option that was not given, or (but for the sender, where
/// that has a meaning) was given as an empty string, is `nullopt`.
struct Options {
    /// --lmtp, which stands first; only -c, -e and -o go with it.
    bool is_lmtp = false;
    std::optional<std::string> configuration; ///< -c
    std::optional<std::string> user;          ///< -d
    /// -f, the envelope sender without angle brackets; empty is the null sender.
    std::optional<std::string> sender;
    std::optional<std::string> original_recipient; ///< -a
    std::optional<std::string> final_recipient;    ///< -r
    std::optional<std::string> folder;             ///< -m
    std::optional<std::string> message;            ///< -p, instead of standard input

    /// -o, each `section.key=value`; Dovecot's names of the same things are translated.
    std::vector<std::string> settings;

    /// Reads the arguments as main() has them. -e and -k are accepted and do
    /// nothing: errors always go to standard error, and we never clear the
    /// environment.
    ///
    /// Errors: Syntax for an unknown option, one that does not go with --lmtp, a
    /// missing value, an operand, an empty
    /// `-c`, `-d` or `-p`.
    static base::Result<Options> parse(int argc, char* const argv[]);
};

/// `address` as an envelope sender: angle brackets taken off, and empty for
/// `MAILER-DAEMON`, which Postfix's pipe(8) gives for the null sender.
std::string envelope_sender(std::string address);

} // namespace deliver
