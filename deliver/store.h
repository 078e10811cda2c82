// SPDX-License-Identifier: ISC
/// \file
/// One message, from a descriptor into a folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "deliver/header_filter.h"
#include "deliver/process.h"
#include "maildir/folder.h"

namespace deliver {

/// A message that has been delivered.
struct Stored {
    std::string name;         ///< of the file, in `new/`
    std::uint64_t octets = 0; ///< as stored
    /// The message is there, but its directory could not be synced. Nothing to
    /// try again for: a second delivery would be a second copy.
    std::optional<base::Error> unsynced;
};

/// Reads `input` to its end and puts the message into `new/` of `folder`, on disk.
/// Memory does not depend on the message's size.
///
/// Errors: Gone for an input without a message in it, and if `writer` died before we
/// had it safe: then it may be half a message, and the mail server has it still.
/// Else what Delivery and read(2) give. On an error nothing can be seen of it.
base::Result<Stored> store(int input, const maildir::Folder& folder, TraceFields fields,
                           const Parent& writer);

} // namespace deliver
