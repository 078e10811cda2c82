// SPDX-License-Identifier: ISC
#include "ipc/idle_mark.h"

#include <new>
#include <utility>

#include <sys/mman.h>

namespace ipc {
namespace {

/// The kernel maps whole pages; we need one number of it.
constexpr std::size_t size = sizeof(std::int64_t);

} // namespace

base::Result<IdleMark> IdleMark::make()
{
    static_assert(Page::is_always_lock_free); // else it would not work across processes
    void* const at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return base::Error::from_errno("mmap");
    return IdleMark(new (at) Page(0));
}

IdleMark::IdleMark(IdleMark&& other) noexcept
    : page_(std::exchange(other.page_, nullptr))
{
}

IdleMark& IdleMark::operator=(IdleMark&& other) noexcept
{
    std::swap(page_, other.page_);
    return *this;
}

IdleMark::~IdleMark()
{
    if (page_ != nullptr)
        ::munmap(page_, size);
}

void IdleMark::keep_to_this_process()
{
    if (page_ != nullptr)
        ::madvise(page_, size, MADV_DONTFORK);
}

std::optional<std::int64_t> IdleMark::since_us() const
{
    const std::int64_t since = page_ == nullptr ? 0 : page_->load();
    return since > 0 ? std::optional(since) : std::nullopt;
}

void IdleMark::write(std::int64_t value)
{
    if (page_ != nullptr)
        page_->store(value);
}

} // namespace ipc
