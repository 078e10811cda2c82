// SPDX-License-Identifier: ISC
/// \file
/// Dates: what is read is a day of the calendar, and the moment is within two days
/// and a zone of it.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mime/date.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto date =
        mime::parse_date(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!date)
        return 0;
    if (date->year < 0 || date->year > 9999 || date->month < 1 || date->month > 12 ||
        date->day < 1 || date->day > 31 || std::abs(date->zone_minutes) > 99 * 60 + 59)
        std::abort();
    const std::int64_t midnight =
        mime::days_from_civil(date->year, date->month, date->day) * 86400;
    const std::int64_t local =
        date->utc_seconds + std::int64_t{date->zone_minutes} * 60 - midnight;
    if (local < 0 || local > 86400)
        std::abort();
    return 0;
}
