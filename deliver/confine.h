// SPDX-License-Identifier: ISC
#pragma once

namespace deliver {

/// From here on this process, which has open all that it needs, can read, write, have
/// memory and end, and nothing else: no file is opened, no socket, no program started,
/// and no signal sent. Other calls fail with EPERM. Memory and time are limited.
///
/// False if the kernel cannot do that. There is no way back.
bool confine();

} // namespace deliver
