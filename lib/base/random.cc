// SPDX-License-Identifier: ISC
#include "base/random.h"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace base {

void SystemRandom::fill(std::span<std::byte> out)
{
    while (!out.empty()) {
        const ssize_t n = ::getrandom(out.data(), out.size(), 0);
        if (n >= 0)
            out = out.subspan(static_cast<std::size_t>(n));
        else if (errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "getrandom");
    }
}

} // namespace base
