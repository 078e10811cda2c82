// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/result.h"

namespace auth {

/// What a process has said, and how it has ended.
struct Child {
    std::string output;
    int status = 0; ///< as of waitpid(2)
};

/// Forks, and lets `work` write to the descriptor it is given; it does not come back,
/// or the process ends with status 1. Waits for both the end of the output and the
/// process's.
///
/// What others have written, PAM's modules, a checkpassword program, runs so: it may
/// leave behind what it likes, and hang as long as it likes.
///
/// Errors: Timeout after `patience_ms`, and Limit for more than `most` octets; the
/// process and what it has started are killed then. Those of fork(2) and pipe(2).
/// Should we die meanwhile, so does the process.
base::Result<Child> run_child(const std::function<void(int to)>& work, std::size_t most,
                              int patience_ms);

} // namespace auth
