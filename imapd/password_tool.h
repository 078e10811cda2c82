// SPDX-License-Identifier: ISC
/// \file
/// `imapd --password` and `imapd --verify`: entries of a passwd-file, made and tried
/// out.
///
/// A password is typed at the terminal, where it is not shown, or is the first line of
/// the standard input. It is never an argument: those are there for everybody to see.
#pragma once

#include <string>

#include "config/settings.h"

namespace imapd {

/// Writes `{SCHEME}…` for a password to the standard output. Gives the exit status.
int make_password(const std::string& scheme);

/// Says whether `user` would be let in with a password, and as whom. Gives the exit
/// status: 0 if he would be.
int try_password(const std::string& user, const config::Settings& settings);

} // namespace imapd
