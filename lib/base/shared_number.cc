// SPDX-License-Identifier: ISC
#include "base/shared_number.h"

#include <new>

#include <sys/mman.h>

namespace base {

Result<SharedNumber> SharedNumber::make()
{
    static_assert(Page::is_always_lock_free); // else it would not work across processes
    void* const at = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return Error::from_errno("mmap");
    return SharedNumber(new (at) Page(0));
}

void SharedNumber::Unmap::operator()(Page* page) const
{
    ::munmap(page, sizeof *page);
}

void SharedNumber::keep_to_this_process()
{
    if (page_)
        ::madvise(page_.get(), sizeof(Page), MADV_DONTFORK);
}

} // namespace base
