// SPDX-License-Identifier: ISC
/// \file
/// Dates of header fields. RFC 5322 §3.3 and §4.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mime {

/// A moment, and the day that was written for it.
struct Date {
    std::int64_t utc_seconds = 0; ///< since 1970-01-01 00:00 UTC
    int zone_minutes = 0;         ///< east of UTC
    /// The day as written, whatever the zone: SENTON, SENTBEFORE and SENTSINCE
    /// disregard time and zone (RFC 3501 §6.4.4).
    int year = 0;
    int month = 0; ///< 1 … 12
    int day = 0;   ///< 1 … 31

    bool operator==(const Date&) const = default;
};

/// The date in the value of a field, comments and folds and obsolete forms
/// included: no weekday or a wrong one, no seconds, years of two and three digits,
/// named and military zones; no zone at all is UTC, as is one that is unknown.
/// Nothing if there is no valid date in front. Linear.
std::optional<Date> parse_date(std::string_view value);

/// Days from 1970-01-01 to a day of the proleptic Gregorian calendar.
std::int64_t days_from_civil(int year, int month, int day);

} // namespace mime
