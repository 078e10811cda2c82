// SPDX-License-Identifier: ISC
#include "mailbox/both_locks.h"

#include <compare>
#include <utility>

#include <sys/stat.h>

namespace mailbox {

using base::Errc;
using base::Error;

namespace {

/// Which directory a folder is, whatever its name.
struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    auto operator<=>(const Identity&) const = default;
};

base::Result<Identity> identity_of(const maildir::Folder& folder)
{
    struct stat status = {};
    if (::fstat(folder.fd(), &status) != 0)
        return Error::from_errno("fstat", "folder");
    return Identity{status.st_dev, status.st_ino};
}

} // namespace

base::Result<BothLocks> BothLocks::take(Mailbox& source, Mailbox& target,
                                        const base::NumberSet& uids)
{
    const auto from = identity_of(source.folder_);
    if (!from)
        return from.error();
    const auto to = identity_of(target.folder_);
    if (!to)
        return to.error();

    BothLocks locks;
    if (*from < *to) {
        if (auto done = locks.take_source(source); !done)
            return done.error();
    }
    auto admission = Admission::begin(target);
    if (!admission)
        return admission.error();
    locks.target_.emplace(std::move(*admission));
    if (*to < *from) {
        if (auto done = locks.take_source(source); !done)
            return done.error();
    }
    // While we waited for the second lock the index may have been deleted.
    for (Mailbox* mailbox : {&source, &target}) {
        if (auto done = mailbox->know_locked(); !done)
            return done.error();
    }
    std::size_t found = 0;
    source.for_each(uids, [&](const Facts&) { ++found; });
    if (found != uids.size())
        return Error{Errc::NotFound, "Some of the messages are gone"};
    return locks;
}

base::Status BothLocks::take_source(Mailbox& source)
{
    auto taken = source.lock_for_change();
    if (!taken)
        return taken.error();
    source_.emplace(std::move(*taken));
    return base::Done{};
}

} // namespace mailbox
