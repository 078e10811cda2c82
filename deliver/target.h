// SPDX-License-Identifier: ISC
/// \file
/// Whose mail it is, and into which folder it goes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/identity.h"
#include "base/result.h"
#include "config/settings.h"
#include "maildir/folder.h"

namespace deliver {

/// The settings of the file at `path`, or of the default one, which need not exist.
///
/// Errors: those of `Settings::load`.
base::Result<config::Settings> load_settings(const std::optional<std::string>& path);

/// Whose mail it is: `user`'s, or that of whoever runs us.
///
/// Errors: NotFound if there is no such user; NoPermission if he is somebody else than
/// we are and we are not root; whatever else kept us from knowing.
base::Result<auth::Identity> find_recipient(const std::optional<std::string>& user,
                                            const config::Settings& settings);

/// Becomes the recipient, for good, if we are root and he is not. On an error the
/// process must end.
base::Status become(const auth::Identity& recipient);

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
