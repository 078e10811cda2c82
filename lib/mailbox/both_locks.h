// SPDX-License-Identifier: ISC
#pragma once

#include <optional>

#include "base/number_set.h"
#include "base/result.h"
#include "mailbox/admission.h"
#include "mailbox/mailbox.h"
#include "maildir/folder.h"

namespace mailbox {

/// The locks of two folders at once: what goes out of one and into the other is seen
/// by everybody in one of them.
class BothLocks {
public:
    /// Waits for both. Of two sessions that take them in opposite directions each
    /// would wait for the other; hence the order is that of the directories. Source and
    /// target may be the same folder. Both must outlive the locks.
    ///
    /// NotFound if one of `uids` is not in the source any more.
    static base::Result<BothLocks> take(Mailbox& source, Mailbox& target,
                                        const base::NumberSet& uids);

    /// To put messages into the target.
    Admission& admission() { return *target_; }

private:
    BothLocks() = default;
    base::Status take_source(Mailbox& source);

    std::optional<maildir::FolderLock> source_; ///< none if the target is the source
    std::optional<Admission> target_;
};

} // namespace mailbox
