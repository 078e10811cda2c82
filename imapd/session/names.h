// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace imapd {

/// Between what a client calls a mailbox and what the store calls the folder.
///
/// The wire has modified UTF-7, or UTF-8 once the client has asked for it (RFC 9051
/// §5.1, RFC 6855 §3), and the configured separator; the disk has modified UTF-7 and
/// dots (Maildir++). INBOX is "" on disk; a folder `INBOX.A` is `.INBOX.A`, as with
/// Dovecot, so that nothing moves when a site changes over.
class Names {
public:
    enum class Form { Utf7, Utf8 };
    /// The longest name of a folder's directory, with its dot. Octets.
    static constexpr std::size_t max_directory_name = 255;

    explicit Names(char separator, Form form = Form::Utf7)
        : separator_(separator), form_(form)
    {
    }

    char separator() const { return separator_; }
    Form form() const { return form_; }
    /// From now on the wire has UTF-8.
    void use_utf8() { form_ = Form::Utf8; }

    /// The folder for a name from the wire. Cannot: no folder can have such a name
    /// (empty levels, `/`, `.` where it is not the separator, control characters, bad
    /// UTF-7 or UTF-8); Limit: it is too long.
    base::Result<std::string> folder(std::string_view wire) const;
    /// The same for one that is to be given to a folder: Cannot also for `*` and `%`,
    /// which LIST could not name, and in UTF-8 for what is not in normal form C, since
    /// another spelling would name another mailbox (RFC 9051 §5.1).
    base::Result<std::string> new_folder(std::string_view wire) const;
    /// The name of a folder as the client knows it.
    std::string wire(std::string_view folder) const;

private:
    char separator_;
    Form form_;
};

} // namespace imapd
