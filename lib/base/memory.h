// SPDX-License-Identifier: ISC
#pragma once

namespace base {

/// Gives the kernel back what memory this thread does not use: free memory of the
/// heap, and the stack that earlier calls have needed. Some 50 µs, and what is used
/// next has to be taken up again: for a process that is about to wait for long.
void give_back_memory();

/// Takes up all free memory of the heap but what is at its end, for good: for a process
/// that will only fork others. What they allocate would else come out of the holes
/// between what they share with it, and cost each a page of its own for a few octets.
void fill_holes();

/// Wipes the stack below the caller, where calls that have returned have left what they
/// worked with: for a process that is to know nothing of it any more. 64 KiB of it;
/// none of ours is deeper but what handles nothing secret.
void wipe_stack();

} // namespace base
