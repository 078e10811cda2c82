// SPDX-License-Identifier: ISC
#include "ipc/idle_mark.h"

#include <utility>

namespace ipc {

base::Result<IdleMark> IdleMark::make()
{
    auto number = base::SharedNumber::make();
    if (!number)
        return number.error();
    IdleMark mark;
    mark.since_us_ = std::move(*number);
    return mark;
}

void IdleMark::set(std::int64_t since_us)
{
    if (since_us_)
        since_us_->store(since_us);
}

std::optional<std::int64_t> IdleMark::since_us() const
{
    const std::int64_t since = since_us_ ? since_us_->load() : 0;
    return since > 0 ? std::optional(since) : std::nullopt;
}

} // namespace ipc
