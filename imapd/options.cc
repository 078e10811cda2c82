// SPDX-License-Identifier: ISC
#include "options.h"

#include <string_view>

namespace imapd {

using base::Errc;
using base::Error;

namespace {

/// Errors: Syntax if there is a role already.
base::Status set_role(Options& options, Options::Role role)
{
    if (options.role != Options::Role::Listen && options.role != role)
        return Error{Errc::Syntax, "only one of --check, --inetd, --stdio, "
                                   "--password and --verify"};
    options.role = role;
    return base::Done{};
}

} // namespace

base::Result<Options> Options::parse(std::span<char* const> arguments)
{
    Options options;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string_view word = arguments[i];
        base::Status done = base::Done{};
        if (word == "-c") {
            if (++i == arguments.size())
                return Error{Errc::Syntax, "-c needs a file"};
            options.config_path = arguments[i];
            options.config = Config::Given;
        } else if (word == "-e") {
            options.log = Log::StandardError;
        } else if (word == "--check") {
            done = set_role(options, Role::Check);
        } else if (word == "--inetd") {
            done = set_role(options, Role::Inetd);
        } else if (word == "--stdio") {
            done = set_role(options, Role::Stdio);
        } else if (word == "--password") {
            done = set_role(options, Role::Password);
        } else if (word == "--scheme") {
            if (++i == arguments.size())
                return Error{Errc::Syntax, "--scheme needs a name"};
            options.scheme = arguments[i];
            done = set_role(options, Role::Password);
        } else if (word == "--verify") {
            if (++i == arguments.size())
                return Error{Errc::Syntax, "--verify needs a user"};
            options.user = arguments[i];
            done = set_role(options, Role::Verify);
        } else if (word == "--tls") {
            options.tls = Tls::Implicit;
        } else {
            return Error{Errc::Syntax, "unknown option '" + std::string(word) + "'"};
        }
        if (!done)
            return done.error();
    }
    if (options.tls == Tls::Implicit && options.role != Role::Inetd)
        return Error{Errc::Syntax, "--tls goes with --inetd"};
    return options;
}

} // namespace imapd
