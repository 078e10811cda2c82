// SPDX-License-Identifier: ISC
#include "supervisor/failures.h"

#include <algorithm>

namespace supervisor {
namespace {

/// A day in milliseconds is less than 2^27 of them, and no delay is longer.
constexpr unsigned most_doublings = 27;

} // namespace

std::int64_t Failures::delay_ms(std::string_view network, std::string_view fingerprint,
                                std::int64_t now_us, Delay delay)
{
    Record& known = record(network, now_us);
    const bool is_first = known.last_us == 0;
    const auto same = std::ranges::find(known.tried, fingerprint);
    const bool is_new = fingerprint.empty() || same == known.tried.end();
    if (same != known.tried.end())
        known.tried.erase(same);
    if (known.tried.size() == remembered)
        known.tried.erase(known.tried.begin());
    if (!fingerprint.empty())
        known.tried.emplace_back(fingerprint);
    if (is_new && !is_first && known.doublings < most_doublings)
        ++known.doublings;
    known.last_us = now_us;
    return std::min(delay.first_ms << known.doublings, delay.most_ms);
}

Failures::Record& Failures::record(std::string_view network, std::int64_t now_us)
{
    auto found = records_.find(network);
    if (found == records_.end()) {
        if (records_.size() >= max_networks)
            make_room(now_us);
        found = records_.try_emplace(Records::key_type(network)).first;
    }
    if (now_us - found->second.last_us > memory_us) {
        found->second.doublings = 0;
        found->second.last_us = 0;
        found->second.tried.clear();
    }
    return found->second;
}

/// Half of them at least, so that the next do not find it full again.
void Failures::make_room(std::int64_t now_us)
{
    std::vector<std::int64_t> times;
    times.reserve(records_.size());
    for (const auto& [network, known] : records_)
        times.push_back(known.last_us);
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::ranges::nth_element(times, middle);
    const std::int64_t oldest = std::max(*middle, now_us - memory_us);
    std::erase_if(records_,
                  [&](const auto& entry) { return entry.second.last_us <= oldest; });
}

} // namespace supervisor
