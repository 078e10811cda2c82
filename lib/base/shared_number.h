// SPDX-License-Identifier: ISC
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/result.h"

namespace base {

/// A number that this process shares with all that it forks: a page of memory of its
/// own. It is 0 at first.
class SharedNumber {
public:
    /// Errors: those of mmap(2).
    static Result<SharedNumber> make();

    /// None.
    SharedNumber() = default;

    /// No later child gets it.
    void keep_to_this_process();

    explicit operator bool() const { return page_ != nullptr; }
    /// There must be one.
    std::atomic<std::int64_t>* operator->() const { return page_.get(); }

private:
    using Page = std::atomic<std::int64_t>;
    struct Unmap {
        void operator()(Page* page) const;
    };

    explicit SharedNumber(Page* page) : page_(page) {}

    std::unique_ptr<Page, Unmap> page_;
};

} // namespace base
