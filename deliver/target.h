// SPDX-License-Identifier: ISC
/// \file
/// Into which folder the message goes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "config/settings.h"
#include "maildir/folder.h"
#include "maildir/tree.h"

namespace deliver {

/// A folder that somebody asks for, in UTF-8.
struct Wish {
    enum class By {
        Option,  ///< the administrator or the user, with -m
        Address, ///< whoever chose the address that the message is sent to
    };
    std::string folder; ///< empty: INBOX
    By by = By::Option;
};

inline constexpr const char* inbox_name = "INBOX";

/// A folder that was opened, and how we call it.
struct Target {
    maildir::Tree tree; ///< the whole Maildir
    maildir::Folder folder;
    std::string name;                    ///< `inbox_name`, or as on disk: "A.B"
    std::optional<base::Error> fallback; ///< why it is not the one that was wanted
};

/// Opens the folder that is wished for in the Maildir at `mail`, and makes the Maildir
/// if it is not there. A folder is made as `[deliver]` says. One that cannot be used,
/// whatever the reason, gives way to INBOX: mail in the wrong folder is found, mail in
/// a queue is not. The folder of an address may differ in the case of ASCII letters,
/// which senders do not keep.
///
/// Errors: those of `maildir::Tree`, about INBOX.
base::Result<Target> open_target(const std::string& mail, const Wish& wish,
                                 const config::Settings& settings);

/// The name on disk, without the leading dot, of a folder given in UTF-8 with levels
/// separated by `separator`; "" is INBOX, in any case of letters.
///
/// Errors: Cannot for what no folder can be called; Syntax if it is not UTF-8.
base::Result<std::string> name_on_disk(std::string_view name, char separator);

} // namespace deliver
