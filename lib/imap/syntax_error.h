// SPDX-License-Identifier: ISC
#pragma once

#include <stdexcept>

namespace imap {

/// The client's command does not follow the grammar. `what()` is a sentence for
/// the client without a full stop, in ASCII: "Expected a space before the mailbox
/// name". Thrown by `Parser`; the boundary in the session turns it into BAD.
struct SyntaxError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace imap
