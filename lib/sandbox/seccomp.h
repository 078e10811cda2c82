// SPDX-License-Identifier: ISC
/// \file
/// Which system calls each role has left (seccomp(2)), one list a role.
///
/// A filter is compiled by libseccomp once, by whoever forks: the processes that apply
/// it pay one system call and keep no memory for it. What is on no list kills the
/// process and not just the call: none of our code makes it, so it is not our code
/// that does.
#pragma once

#include <vector>

#include <linux/filter.h>

#include "base/result.h"

namespace sandbox {

/// Who is confined. Each list stands in seccomp.cc with the reason for what is on it.
enum class Role {
    /// The zygote of login processes: those below, and fork, wait and kill.
    LoginZygote,
    /// One login process: its sockets and its memory. No files, no new sockets.
    Login,
    /// One attempt, still root. What PAM's modules and checkpassword programs need is
    /// anybody's guess, so its list says what it may *not*: what changes the system,
    /// and what looks into other processes.
    Attempt,
    /// An attempt without such code of others: nor the network, nor programs either.
    AttemptAlone,
    /// A session: files and directories, inotify, and the client's descriptors.
    Session,
};

/// A program for the kernel that says what a role may call.
class Filter {
public:
    /// Errors: Unsupported where libseccomp does not know this machine; else Io.
    static base::Result<Filter> compile(Role role);

    /// Confines this process and all that it forks, for good. `no_new_privileges` must
    /// have been called. Errors: Unsupported if the kernel has no seccomp filters.
    base::Status apply() const;

private:
    std::vector<sock_filter> program_;
};

} // namespace sandbox
