// SPDX-License-Identifier: ISC
/// \file
/// Giving up what the rest of a process does not need. The order is: open what needs
/// privilege, `jail`, `drop_to`, limits (R13).
#pragma once

#include <string>

#include <sys/types.h>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sandbox {

/// Whether this process has anything to drop: its effective uid is 0.
bool is_privileged();

/// Becomes `uid` and `gid` for good: supplementary groups (those of `groups_of`, none
/// if that is empty), the three gids, the three uids; then tries to get back, which
/// must fail. Refuses uid 0 and gid 0 with Cannot. Without root: does nothing.
///
/// On an error the process must end: it may have lost half of its rights.
base::Status drop_to(uid_t uid, gid_t gid, const std::string& groups_of = {});

/// Makes `directory` the root of this process and goes there. Without root: nothing.
base::Status jail(const std::string& directory);

/// A directory that has no name any more, so that nothing can ever be created in it. It
/// is made below /run, /tmp or /var/tmp for that moment.
base::Result<base::UniqueFd> empty_directory();

/// As `jail`, into `directory`: for the many that share an empty one.
base::Status jail_at(const base::UniqueFd& directory);

/// As `jail`, into an empty directory of its own.
base::Status jail_empty();

/// No setuid program can give this process rights again. Works without root.
base::Status no_new_privileges();

} // namespace sandbox
