// SPDX-License-Identifier: ISC
#pragma once

namespace base {

/// Gives the kernel back what memory this thread does not use: free memory of the
/// heap, and the stack that earlier calls have needed. Some 50 µs, and what is used
/// next has to be taken up again: for a process that is about to wait for long.
void give_back_memory();

} // namespace base
