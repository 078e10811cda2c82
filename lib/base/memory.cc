// SPDX-License-Identifier: ISC
#include "base/memory.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace base {
namespace {

/// The kernel keeps 1 MiB below a stack free of anything else, so that all of this is
/// the stack's, or nobody's.
constexpr std::uintptr_t max_stack = 512 * 1024;

/// glibc's heap: sizes are multiples of `step`; chunks of up to `max_kept` octets are
/// not joined with their neighbours when they are freed.
constexpr std::size_t step = 16;
constexpr std::size_t max_kept = 1032;
constexpr std::size_t largest_filler = std::size_t{64} << 10;

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

void fill_holes()
{
#if !defined(__SANITIZE_ADDRESS__)
    const auto end = reinterpret_cast<std::uintptr_t>(::sbrk(0));
    const std::uintptr_t last_free = end - ::mallinfo2().keepcost;
    for (std::size_t size = largest_filler; size > 0; size -= step) {
        for (;;) {
            void* const filler = std::malloc(size);
            if (filler == nullptr)
                return;
            if (reinterpret_cast<std::uintptr_t>(filler) < last_free)
                continue; // it was a hole
            // A small one would stay where it is, and be a hole itself.
            if (size > max_kept)
                std::free(filler);
            break;
        }
    }
#endif
}

[[gnu::noinline]] void wipe_stack()
{
    char used_before[std::size_t{64} << 10];
    ::explicit_bzero(used_before, sizeof used_before);
}

} // namespace base
