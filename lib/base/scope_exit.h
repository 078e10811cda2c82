// SPDX-License-Identifier: ISC
#pragma once

#include <utility>

namespace base {

/// Runs `action` when the scope is left, unless `dismiss()` was called.
template <class Action>
class ScopeExit {
public:
    explicit ScopeExit(Action action) : action_(std::move(action)) {}
    ScopeExit(const ScopeExit&) = delete;
    ScopeExit& operator=(const ScopeExit&) = delete;
    ~ScopeExit()
    {
        if (armed_)
            action_();
    }
    void dismiss() noexcept { armed_ = false; }

private:
    Action action_;
    bool armed_ = true;
};

} // namespace base
