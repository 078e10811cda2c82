// SPDX-License-Identifier: ISC
#pragma once

#include <optional>
#include <string>

#include "imap/command_reader.h"
#include "imap/parser.h"
#include "session/view.h"

namespace imapd {

/// A command on its way to its handler.
struct Request {
    std::string tag;
    std::string word; ///< in capitals, without UID
    Numbering numbering = Numbering::Sequence;
    imap::Parser& args; ///< behind the word: the handler parses all of it first
    /// A literal that the handler reads itself, from `Session::reader` (APPEND).
    std::optional<imap::PendingLiteral> pending;
    /// Whether EXPUNGE may be told when the command ends. A handler may withhold it.
    Expunges at_end = Expunges::Told;
};

} // namespace imapd
