// SPDX-License-Identifier: ISC
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace imapd {

/// Between what a client calls a mailbox and what the store calls the folder.
///
/// The wire has modified UTF-7 and the configured separator, the disk modified UTF-7
/// and dots (Maildir++). INBOX is "" on disk; a folder `INBOX.A` is `.INBOX.A`, as
/// with Dovecot, so that nothing moves when a site changes over.
class Names {
public:
    explicit Names(char separator) : separator_(separator) {}

    char separator() const { return separator_; }

    /// The folder for a name from the wire. Cannot: no folder can have such a name
    /// (empty levels, `/`, `.` where it is not the separator, bad UTF-7).
    base::Result<std::string> folder(std::string_view wire) const;
    /// The name of a folder as the client knows it.
    std::string wire(std::string_view folder) const;

private:
    char separator_;
};

} // namespace imapd
