// SPDX-License-Identifier: ISC
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

namespace base {

/// Lets so many processes through at a time, of all that have been forked since it was
/// made: for work that takes memory and processors, as hashing a password does.
///
/// The places are record locks (fcntl(2)) on a file in memory. The kernel gives them
/// back when their process dies, however it dies.
class Turnstile {
public:
    /// `places` >= 1. Errors: those of memfd_create(2).
    static Result<Turnstile> make(unsigned places);

    /// A place, as long as it lives. One a process.
    class Turn {
    public:
        Turn() = default;
        Turn(Turn&& other) noexcept;
        Turn& operator=(Turn&&) = delete;
        ~Turn();

    private:
        friend class Turnstile;
        Turn(int file, unsigned place) : file_(file), place_(place) {}

        int file_ = -1; ///< borrowed
        unsigned place_ = 0;
    };

    /// Waits for a place. Without one, should the kernel refuse to lock: a limit that
    /// cannot be kept must not keep everybody out.
    Turn take() const;

private:
    Turnstile(UniqueFd file, unsigned places) : file_(std::move(file)), places_(places)
    {
    }

    UniqueFd file_;
    unsigned places_;
};

/// A turn, or none where there is no turnstile.
inline Turnstile::Turn take_turn(const Turnstile* turnstile)
{
    return turnstile == nullptr ? Turnstile::Turn() : turnstile->take();
}

} // namespace base
