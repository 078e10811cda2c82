// SPDX-License-Identifier: ISC
#include "base/unforked_memory.h"

#include <new>

#include <sys/mman.h>

namespace base {

void* UnforkedMemory::Pages::do_allocate(std::size_t octets, std::size_t)
{
    // Whole pages are aligned to more than anything asks for.
    void* const at = ::mmap(nullptr, octets, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        throw std::bad_alloc();
    ::madvise(at, octets, MADV_WIPEONFORK);
    return at;
}

void UnforkedMemory::Pages::do_deallocate(void* at, std::size_t octets, std::size_t)
{
    ::munmap(at, octets);
}

} // namespace base
