// SPDX-License-Identifier: ISC
#include "base/memory.h"

#include <cstddef>
#include <cstdint>

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace base {
namespace {

/// The kernel keeps 1 MiB below a stack free of anything else, so that all of this is
/// the stack's, or nobody's.
constexpr std::uintptr_t max_stack = 512 * 1024;

} // namespace

void give_back_memory()
{
#if !defined(__SANITIZE_ADDRESS__) // which has an allocator and stacks of its own
    ::malloc_trim(0);
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    const std::uintptr_t end = here / page * page - page; // our own frame is above it
    // An error says that the stack was never so deep, and the rest is done.
    ::madvise(reinterpret_cast<void*>(end - max_stack), max_stack, MADV_DONTNEED);
#endif
}

} // namespace base
