// SPDX-License-Identifier: ISC
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "config/settings.h"

namespace imapd {

/// The command line of imapd(8).
struct Options {
    enum class Role { Listen, Check, Inetd, Stdio, Password, Verify };
    enum class Log { Syslog, StandardError };
    enum class Tls { Startable, Implicit };
    enum class Config { Default, Given };

    Role role = Role::Listen;
    Log log = Log::Syslog;
    Tls tls = Tls::Startable; ///< of `--inetd`
    Config config = Config::Default;
    std::string config_path = config::default_path;
    std::string scheme = "ARGON2ID"; ///< of `--password`
    std::string user;                ///< of `--verify`

    static constexpr const char* usage = "usage: imapd [-e] [-c file]\n"
                                         "       imapd [-c file] --check\n"
                                         "       imapd [-e] [-c file] --inetd [--tls]\n"
                                         "       imapd [-e] [-c file] --stdio\n"
                                         "       imapd --password [--scheme name]\n"
                                         "       imapd [-c file] --verify user\n";

    /// Reads `arguments`, the program's name among them. Error: Syntax, with what is
    /// wrong.
    static base::Result<Options> parse(std::span<char* const> arguments);
};

} // namespace imapd
