// SPDX-License-Identifier: ISC
#pragma once

#include <string>
#include <utility>

#include "base/number_set.h"
#include "base/result.h"
#include "mailbox/copy.h"

namespace mailbox {

/// One MOVE: messages of an open mailbox into a folder. RFC 6851 §3.
///
/// The copies are made first, as hard links where the file system can, and are on
/// disk before the first original goes: a crash in between leaves messages in both
/// folders, and never in none; once the originals have begun to go, whoever looks at
/// them next goes on with it (maildir/doomed.h). Both folders are locked meanwhile, so
/// that of two sessions that move the same message one succeeds and the other finds it
/// gone.
class Move {
public:
    /// `source` must outlive it. NotFound if there is no such folder; ReadOnly.
    static base::Result<Move> begin(Store& store, Mailbox& source,
                                    const std::string& folder);

    /// What was moved. `failed` says why the others, if there are any, are where they
    /// were (RFC 6851 §3.3: each message is in one of the folders, never in both).
    struct Moved {
        Copies copies;
        base::Status failed = base::Done{};
    };
    /// NotFound if one of `uids` is gone: nothing has been moved then.
    base::Result<Moved> run(const base::NumberSet& uids);

private:
    explicit Move(Copy copy) : copy_(std::move(copy)) {}

    Copy copy_;
};

} // namespace mailbox
