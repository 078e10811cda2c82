// SPDX-License-Identifier: ISC
/// \file
/// Messages that we put into a folder ourselves, by APPEND and COPY.
#pragma once

#include <functional>
#include <vector>

#include "base/number_set.h"
#include "base/result.h"
#include "index/record.h"
#include "mailbox/mailbox.h"
#include "maildir/folder.h"
#include "maildir/quota.h"

namespace mailbox {

/// Gives UIDs to messages that lie ready in `tmp/` and puts them into a folder, all
/// or none. Holds the folder's lock as long as it lives.
///
/// The order on disk is that of a delivery: the lines of the uidlist, the files,
/// their directory, the index. New mail that no sync has seen yet stays unseen, so
/// that one message more in a folder of 100,000 costs no look at the others.
class Admission {
public:
    /// Waits for the lock; `target` must outlive the Admission.
    static base::Result<Admission> begin(Mailbox& target);

    /// OverQuota if the user's quota has no room for these, once what is `freed` with
    /// the same command is gone.
    base::Status check_room(const std::vector<indexing::MessageRecord>& records,
                            const maildir::QuotaUsage& freed = {}) const;

    /// `records` come with names in cur/, flags, sizes and dates, and leave with UIDs;
    /// `publish(i)` puts the file of `records[i]` under its name. If one fails, those
    /// before it are removed again.
    base::Result<base::NumberSet>
    run(std::vector<indexing::MessageRecord>& records,
        const std::function<base::Status(std::size_t)>& publish);

    /// Removes messages again that `run` has put there. What cannot be removed stays.
    void take_back(const std::vector<indexing::MessageRecord>& records);

private:
    Admission(Mailbox& target, maildir::FolderLock lock)
        : target_(&target), lock_(std::move(lock))
    {
    }
    base::Status assign(std::vector<indexing::MessageRecord>& records);
    base::Status enter(std::vector<indexing::MessageRecord>& records);

    Mailbox* target_;
    maildir::FolderLock lock_;
    indexing::Stamp uidlist_;
};

} // namespace mailbox
