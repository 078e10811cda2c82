// SPDX-License-Identifier: ISC
/// \file
/// What GETMETADATA and SETMETADATA share. RFC 5464.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "imap/parser.h"
#include "session/session.h"

namespace imapd {

using Annotation = mailbox::Store::Annotation;
using Annotations = maildir::Metadata::Entries;

/// Computed from what the folder is for. RFC 6154 §4.
inline constexpr std::string_view special_use_entry = "/private/specialuse";
/// Read-only. RFC 5464 §3.2.1.1.
inline constexpr std::string_view admin_entry = "/shared/admin";

/// What the mailbox argument stands for: a folder, or the server.
struct Annotated {
    std::string wire; ///< the mailbox's name for the client; empty: the server
    std::string folder;
    bool is_server() const { return wire.empty(); }
};

/// An entry's name: BAD unless it begins with /private/ or /shared/ and follows RFC
/// 5464 §3.2.
std::string entry_name(imap::Parser& in);

/// Errors: Cannot for a name that no mailbox has; NotFound if there is no such mailbox.
base::Result<Annotated> annotated(Session& session, const std::string& mailbox);

/// All entries that have a value.
base::Result<Annotations> annotations(Session& session, const Annotated& target);

} // namespace imapd
