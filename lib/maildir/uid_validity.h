// SPDX-License-Identifier: ISC
/// \file
/// Which UIDVALIDITY a Maildir gave last.
///
/// RFC 9051 §2.3.1.1: a mailbox that was deleted and made again must not have an old
/// UIDVALIDITY, nor must one that is renamed to a name that was in use before. We keep
/// all of a Maildir's folders apart: none is given twice, so that no change of names
/// can bring an old one back.
///
/// The largest is kept in the root of the Maildir as Dovecot keeps it, so that either
/// server goes on from what the other gave: the file `dovecot-uidvalidity` holds it in
/// eight hexadecimal digits, and an empty file `dovecot-uidvalidity.<digits>` has it in
/// its name, which is what survives a crash. The larger of the two counts.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace maildir {

/// A UIDVALIDITY above all that were given here: `now`, seconds since 1970, or one
/// more than the last. On disk when it returns. `root_fd` is the Maildir's directory.
/// Errors: Limit when there is no larger one; NoSpace, Io.
base::Result<std::uint32_t> next_uid_validity(int root_fd, std::uint32_t now);

/// Notes a UIDVALIDITY that is about to go and was perhaps not given by us.
base::Status note_uid_validity(int root_fd, std::uint32_t given);

} // namespace maildir
