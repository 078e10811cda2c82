// SPDX-License-Identifier: ISC
#pragma once

#include <string_view>

#include "session/reply.h"
#include "session/view.h"

namespace imapd {

class Session;
struct Request;

/// What the session knows of a command before it calls its handler.
struct Command {
    enum class State { Authenticated, Selected };
    enum class Uid { No, Also }; ///< whether there is a UID form
    std::string_view word;
    State state;     ///< the least that it needs (RFC 9051 §6)
    Expunges at_end; ///< of the form by sequence number; a UID form may always tell
    Uid uid;
    Reply (*handler)(Session&, Request&);
};

/// The command of that word, in capitals; null if there is none.
const Command* find_command(std::string_view word);

} // namespace imapd
