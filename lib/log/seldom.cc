// SPDX-License-Identifier: ISC
#include "log/seldom.h"

#include <utility>

namespace logging {

Seldom::Seldom()
{
    if (auto number = base::SharedNumber::make())
        next_us_ = std::move(*number);
}

bool Seldom::is_time(std::int64_t now_us) const
{
    if (!next_us_)
        return true; // rather too often than never
    std::int64_t next = next_us_->load();
    return now_us >= next &&
           next_us_->compare_exchange_strong(next, now_us + interval_us);
}

} // namespace logging
