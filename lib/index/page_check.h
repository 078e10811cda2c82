// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>

namespace indexing {

/// Whether the pages of LMDB's trees in `file`, which has `size` octets, hang
/// together so that LMDB can walk them without running astray: it trusts its pages,
/// and a garbled one kills the process.
///
/// Read with pread(2), not mapped. O(pages): 100 MB in the page cache take some 20 ms;
/// it is done only for a file whose last user was killed. What is *in* the entries is
/// not looked at. A file of a later LMDB format passes: LMDB will say so itself.
bool pages_are_sound(int file, std::uint64_t size);

} // namespace indexing
