// SPDX-License-Identifier: ISC
#include "base/turnstile.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace base {
namespace {

/// The octet of that number stands for the place.
bool lock(int file, int command, short type, unsigned place)
{
    struct flock range = {};
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = static_cast<off_t>(place);
    range.l_len = 1;
    int done = 0;
    do {
        done = ::fcntl(file, command, &range);
    } while (done != 0 && errno == EINTR);
    return done == 0;
}

} // namespace

Result<Turnstile> Turnstile::make(unsigned places)
{
    UniqueFd file(::memfd_create("turnstile", MFD_CLOEXEC));
    if (!file)
        return Error::from_errno("memfd_create");
    return Turnstile(std::move(file), places);
}

Turnstile::Turn Turnstile::take() const
{
    // Processes that come one after the other look at different places first.
    const unsigned first = static_cast<unsigned>(::getpid()) % places_;
    for (unsigned i = 0; i < places_; ++i) {
        const unsigned place = (first + i) % places_;
        if (lock(file_.get(), F_SETLK, F_WRLCK, place))
            return {file_.get(), place};
    }
    if (lock(file_.get(), F_SETLKW, F_WRLCK, first))
        return {file_.get(), first};
    return {};
}

Turnstile::Turn::Turn(Turn&& other) noexcept
    : file_(std::exchange(other.file_, -1)), place_(other.place_)
{
}

Turnstile::Turn::~Turn()
{
    if (file_ >= 0)
        lock(file_, F_SETLK, F_UNLCK, place_);
}

} // namespace base
