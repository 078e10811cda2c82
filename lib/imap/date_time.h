// SPDX-License-Identifier: ISC
/// \file
/// Dates: the `1-Feb-1994` of SEARCH and the `"17-Jul-1996 02:44:25 -0700"` of
/// INTERNALDATE and APPEND.
///
/// RFC 9051 §9, `date` and `date-time`.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace imap {

/// A day of the Gregorian calendar, without time or zone.
struct Date {
    int year = 1970;
    int month = 1; ///< 1 … 12
    int day = 1;   ///< 1 … 31
    auto operator<=>(const Date&) const = default;
};

/// A moment, and the zone it was told in.
struct DateTime {
    std::int64_t seconds = 0; ///< since 1970-01-01 00:00 UTC
    int zone_minutes = 0;     ///< east of UTC
    bool operator==(const DateTime&) const = default;
};

/// The date on a wall calendar `zone_minutes` east of UTC.
Date civil_date(const DateTime& when);

/// Days from 1970-01-01 to `date`; negative before it.
std::int64_t days_since_epoch(const Date& date);

/// Whether there is such a day: month 1 … 12, day within its month, year 0 … 9999.
bool is_valid(const Date& date);

/// `date-time` with its quotes, 28 octets: `"17-Jul-1996 02:44:25 -0700"`. A year
/// outside 0 … 9999 has no wire form; the nearest that has one is written.
std::string to_text(const DateTime& when);

/// Parses `date-text`, one whole token without quotes: `1-Feb-1994`; months in any
/// case. Errors: Syntax, also for days that do not exist.
base::Result<Date> parse_date(std::string_view text);

/// Parses what stands between the quotes of a `date-time`, 26 octets. The day may
/// be written ` 1` or `01`. Errors: Syntax, also for days and times that do not
/// exist; a leap second (`:60`) is the second after it.
base::Result<DateTime> parse_date_time(std::string_view text);

} // namespace imap
