// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <memory_resource>

namespace base {

/// Memory for what no child is to know, for containers of std::pmr: in a process that
/// is forked, its pages are zeros from the start (MADV_WIPEONFORK), which costs
/// nothing. A child must use nothing of it, destructors included.
///
/// Where the kernel cannot do that (before Linux 4.14) it is like any other memory.
class UnforkedMemory {
public:
    UnforkedMemory() = default;
    UnforkedMemory(const UnforkedMemory&) = delete;
    UnforkedMemory& operator=(const UnforkedMemory&) = delete;

    std::pmr::memory_resource* resource() { return &pool_; }

private:
    class Pages final : public std::pmr::memory_resource {
        void* do_allocate(std::size_t octets, std::size_t alignment) override;
        void do_deallocate(void* at, std::size_t octets, std::size_t) override;
        bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override
        {
            return this == &other;
        }
    };

    Pages pages_;
    std::pmr::unsynchronized_pool_resource pool_{&pages_};
};

} // namespace base
