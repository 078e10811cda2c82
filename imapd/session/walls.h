// SPDX-License-Identifier: ISC
#pragma once

#include "base/result.h"
#include "session/start.h"

namespace imapd {

/// Shuts the session in, for good: what it needs of the file system is made and all
/// else is out of reach, and so are system calls that no session makes. What the
/// kernel cannot do is left out; whoever started us has said so (R13).
base::Status shut_in(const Start& start);

} // namespace imapd
