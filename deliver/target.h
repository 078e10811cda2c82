// SPDX-License-Identifier: ISC
/// \file
/// Into which folder the message goes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "maildir/folder.h"

namespace deliver {

/// A folder that was opened, and how we call it.
struct Target {
    maildir::Folder folder;
    std::string name;                    ///< "INBOX", or as on disk: "A.B"
    std::optional<base::Error> fallback; ///< why it is not the one that was wanted
};

/// Opens the folder `wanted` of the Maildir at `mail`, and makes both if they are not
/// there. A folder that cannot be used, whatever the reason, gives way to INBOX: mail
/// in the wrong folder is found, mail in a queue is not.
///
/// Errors: those of `maildir::Tree`, about INBOX.
base::Result<Target> open_target(const std::string& mail,
                                 const std::optional<std::string>& wanted,
                                 char separator);

/// The name on disk, without the leading dot, of a folder given in UTF-8 with levels
/// separated by `separator`; "" is INBOX, in any case of letters.
///
/// Errors: Cannot for what no folder can be called; Syntax if it is not UTF-8.
base::Result<std::string> name_on_disk(std::string_view name, char separator);

} // namespace deliver
