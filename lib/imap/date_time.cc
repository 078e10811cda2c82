// SPDX-License-Identifier: ISC
#include "imap/date_time.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "text/ascii.h"

namespace imap {
namespace {

constexpr std::array<std::string_view, 12> months = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t day_seconds = 86400;

/// All of `text`, which must be digits, as a number; nullopt if it is not.
std::optional<int> whole_number(std::string_view text)
{
    if (text.empty() || text.size() > 4)
        return std::nullopt;
    int value = 0;
    for (const char c : text) {
        if (!text::is_digit(c))
            return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

/// 1 … 12, or nullopt.
std::optional<int> month_number(std::string_view name)
{
    const auto at = std::find_if(months.begin(), months.end(), [&](auto month) {
        return text::equal_ignoring_case(month, name);
    });
    if (at == months.end())
        return std::nullopt;
    return static_cast<int>(at - months.begin()) + 1;
}

bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

void append_padded(std::string& text, int value, std::size_t width, char padding)
{
    const std::string digits = std::to_string(value);
    if (digits.size() < width)
        text.append(width - digits.size(), padding);
    text += digits;
}

/// The date of a day counted from 1970-01-01. Works in eras of 400 years that begin
/// on 1 March, so that the leap day is the last of its year.
Date date_of(std::int64_t days)
{
    const std::int64_t shifted = days + 719468; // from 0000-03-01
    const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    const std::int64_t day_of_era = shifted - era * 146097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) /
        365;
    const std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month = (5 * day_of_year + 2) / 153; // from March
    Date date;
    date.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
    date.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
    date.year = static_cast<int>(year_of_era + era * 400 + (date.month <= 2 ? 1 : 0));
    return date;
}

/// Seconds on a wall clock in the zone of `when`, kept to what has a wire form.
std::int64_t local_seconds(const DateTime& when)
{
    constexpr std::int64_t first = -719528 * day_seconds;    // 0000-01-01
    constexpr std::int64_t last = 2932897 * day_seconds - 1; // 9999-12-31
    const std::int64_t clock = std::clamp(when.seconds, first, last);
    return std::clamp(clock + when.zone_minutes * std::int64_t{60}, first, last);
}

/// `+hhmm` or `-hhmm` in minutes, or nullopt.
std::optional<int> zone_minutes(std::string_view text)
{
    if (text.size() != 5 || (text[0] != '+' && text[0] != '-'))
        return std::nullopt;
    const auto hours = whole_number(text.substr(1, 2));
    const auto minutes = whole_number(text.substr(3, 2));
    if (!hours || !minutes || *hours > 23 || *minutes > 59)
        return std::nullopt;
    const int east = *hours * 60 + *minutes;
    return text[0] == '-' ? -east : east;
}

/// `hh:mm:ss` in seconds, or nullopt.
std::optional<int> time_of_day(std::string_view text)
{
    if (text.size() != 8 || text[2] != ':' || text[5] != ':')
        return std::nullopt;
    const auto hour = whole_number(text.substr(0, 2));
    const auto minute = whole_number(text.substr(3, 2));
    const auto second = whole_number(text.substr(6, 2));
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
        return std::nullopt;
    return (*hour * 60 + *minute) * 60 + *second;
}

} // namespace

Date civil_date(const DateTime& when)
{
    const std::int64_t local = local_seconds(when);
    return date_of((local >= 0 ? local : local - (day_seconds - 1)) / day_seconds);
}

std::int64_t days_since_epoch(const Date& date)
{
    const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

bool is_valid(const Date& date)
{
    constexpr int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (date.year < 0 || date.year > 9999 || date.month < 1 || date.month > 12)
        return false;
    const int leap_day = date.month == 2 && is_leap(date.year) ? 1 : 0;
    return date.day >= 1 && date.day <= month_days[date.month - 1] + leap_day;
}

std::string to_text(const DateTime& when)
{
    const Date date = civil_date(when);
    const std::int64_t midnight = days_since_epoch(date) * day_seconds;
    const int second = static_cast<int>(local_seconds(when) - midnight);
    const int zone = std::clamp(when.zone_minutes, -1439, 1439);
    const int east = zone < 0 ? -zone : zone;

    std::string text = "\"";
    append_padded(text, date.day, 2, ' ');
    text += '-';
    text += months[static_cast<std::size_t>(date.month - 1)];
    text += '-';
    append_padded(text, date.year, 4, '0');
    text += ' ';
    append_padded(text, second / 3600, 2, '0');
    text += ':';
    append_padded(text, second / 60 % 60, 2, '0');
    text += ':';
    append_padded(text, second % 60, 2, '0');
    text += zone < 0 ? " -" : " +";
    append_padded(text, east / 60, 2, '0');
    append_padded(text, east % 60, 2, '0');
    return text + '"';
}

base::Result<Date> parse_date(std::string_view text)
{
    const base::Error error{base::Errc::Syntax, "Not a date"};
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos || dash > 2 || text.size() != dash + 9 ||
        text[dash + 4] != '-')
        return error;
    const auto day = whole_number(text.substr(0, dash));
    const auto month = month_number(text.substr(dash + 1, 3));
    const auto year = whole_number(text.substr(dash + 5));
    if (!day || !month || !year)
        return error;
    const Date date{*year, *month, *day};
    if (!is_valid(date))
        return base::Error{base::Errc::Syntax, "There is no such day"};
    return date;
}

base::Result<DateTime> parse_date_time(std::string_view text)
{
    const base::Error error{base::Errc::Syntax, "Not a date and time"};
    if (text.size() != 26 || text[11] != ' ' || text[20] != ' ')
        return error;
    const auto date = parse_date(
        text.substr(text[0] == ' ' ? 1 : 0).substr(0, text[0] == ' ' ? 10 : 11));
    if (!date)
        return date.error();
    const auto second = time_of_day(text.substr(12, 8));
    const auto zone = zone_minutes(text.substr(21));
    if (!second || !zone)
        return error;
    return DateTime{days_since_epoch(*date) * day_seconds + *second -
                        *zone * std::int64_t{60},
                    *zone};
}

} // namespace imap
