// SPDX-License-Identifier: ISC
#pragma once

#include <utility>
#include <variant>

#include "base/error.h"

namespace base {

/// Either a `T` or the `Error` that kept us from having one.
///
/// The members are a subset of C++23 `std::expected`, name for name, so that
/// this class can become an alias the day the project's standard moves on.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    /// The value; calling these on a failed Result is a bug and throws
    /// `std::bad_variant_access`, which only a boundary catches.
    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const { return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

/// Success without a value: `return base::Done{};`
using Done = std::monostate;
using Status = Result<Done>;

} // namespace base
