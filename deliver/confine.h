// SPDX-License-Identifier: ISC
#pragma once

namespace deliver {

/// Who has nothing but what is open.
enum class Confined {
    /// Who looks at what is in messages: its time is limited as well.
    Examiner,
    /// Who talks to a client of LMTP: it can also wait, receive descriptors, send its
    /// own, and make a file in memory.
    Clerk,
};

/// From here on this process, which has open all that it needs, can read, write, have
/// memory and end, and little else: no file is opened, no socket, no program started,
/// and no signal sent. Other calls fail with EPERM. Memory is limited.
///
/// The filters are not those of `sandbox::Filter`: a process a message would have to
/// load libseccomp for them.
///
/// False if that cannot be done. There is no way back.
bool confine(Confined who);

/// Whether the kernel has it, and we know this machine's system calls.
bool can_confine();

} // namespace deliver
