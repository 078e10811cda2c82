// SPDX-License-Identifier: ISC
/// \file
/// Which folder is for what: drafts, sent mail, junk, trash, archive.
///
/// RFC 6154. Three things can say it, and the first that does counts: a client, by
/// CREATE with USE; the site, which names a folder for each use; and the folder's own
/// name, if it is one that mail programs give to such folders in some language. So a
/// Maildir that comes from elsewhere keeps its `Gesendet` and gets no `Sent` beside it.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "maildir/special_use.h"

namespace mailbox {

using maildir::attribute_of;
using maildir::special_use_of;
using maildir::SpecialUse;

/// The folder that a site wants for a use.
struct DefaultFolder {
    SpecialUse use = SpecialUse::Sent;
    std::string folder; ///< as on disk; empty: no folder is for this by its name
};

/// By folder, what it is for. Folders that are for nothing are not in it.
using FolderUses = std::map<std::string, std::vector<SpecialUse>>;

/// `folders` are those that there are. Of several with usual names the one whose name
/// stands first in our list is taken, so that no use has two folders.
FolderUses uses_of(const std::vector<std::string>& folders,
                   const maildir::SpecialUseFile& assigned,
                   const std::vector<DefaultFolder>& defaults);

/// The names that mail programs give to the folder of a use, in UTF-8; the usual ones
/// of English first. Compare them with `text::fold`.
std::span<const std::string_view> usual_names(SpecialUse use);

} // namespace mailbox
