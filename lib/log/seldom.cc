// SPDX-License-Identifier: ISC
#include "log/seldom.h"

#include <new>

#include <sys/mman.h>

namespace logging {

Seldom::Seldom() : next_us_(nullptr)
{
    static_assert(std::atomic<std::int64_t>::is_always_lock_free); // else not shared
    void* const page = ::mmap(nullptr, sizeof *next_us_, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED)
        next_us_ = new (page) std::atomic<std::int64_t>(0);
}

Seldom::~Seldom()
{
    if (next_us_ != nullptr)
        ::munmap(next_us_, sizeof *next_us_);
}

bool Seldom::is_time(std::int64_t now_us) const
{
    if (next_us_ == nullptr)
        return true; // rather too often than never
    std::int64_t next = next_us_->load();
    return now_us >= next &&
           next_us_->compare_exchange_strong(next, now_us + interval_us);
}

} // namespace logging
