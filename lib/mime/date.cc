// SPDX-License-Identifier: ISC
#include "mime/date.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>

#include "mime/lexer.h"
#include "text/ascii.h"

namespace mime {
namespace {

constexpr std::array<std::string_view, 12> month_names = {
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};

constexpr std::array<std::pair<std::string_view, int>, 11> zone_names = {
    {{"ut", 0},
     {"gmt", 0},
     {"utc", 0},
     {"est", -300},
     {"edt", -240},
     {"cst", -360},
     {"cdt", -300},
     {"mst", -420},
     {"mdt", -360},
     {"pst", -480},
     {"pdt", -420}}};

/// All of `s` as a number of at most `digits` digits.
std::optional<int> number(std::string_view s, std::size_t digits)
{
    if (s.empty() || s.size() > digits ||
        !std::all_of(s.begin(), s.end(), text::is_digit))
        return {};
    int value = 0;
    for (const char c : s)
        value = value * 10 + (c - '0');
    return value;
}

std::optional<int> month(std::string_view s)
{
    const auto begins = [s](std::string_view name) {
        return text::equal_ignoring_case(s.substr(0, 3), name);
    };
    const auto found = std::find_if(month_names.begin(), month_names.end(), begins);
    if (found == month_names.end())
        return {};
    return static_cast<int>(std::distance(month_names.begin(), found)) + 1;
}

/// RFC 5322 §4.3 on years of two and three digits.
std::optional<int> year(std::string_view s)
{
    const auto value = number(s, 4);
    if (!value || s.size() < 2)
        return {};
    if (s.size() == 2)
        return *value + (*value < 50 ? 2000 : 1900);
    return s.size() == 3 ? *value + 1900 : *value;
}

int days_in_month(int y, int m)
{
    constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30,
                                          31, 31, 30, 31, 30, 31};
    const bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return m == 2 && leap ? 29 : days[static_cast<std::size_t>(m - 1)];
}

/// Minutes east of UTC; 0 for what means nothing to us, military letters among it
/// (RFC 5322 §4.3: half of those who used them had the sign wrong).
int zone(std::string_view s)
{
    if (s.size() == 5 && (s[0] == '+' || s[0] == '-')) {
        const auto hhmm = number(s.substr(1), 4);
        if (!hhmm || *hhmm % 100 > 59)
            return 0;
        const int minutes = *hhmm / 100 * 60 + *hhmm % 100;
        return s[0] == '-' ? -minutes : minutes;
    }
    for (const auto& [name, minutes] : zone_names)
        if (text::equal_ignoring_case(s, name))
            return minutes;
    return 0;
}

class Parser {
public:
    explicit Parser(std::string_view value) : lexer_(value, ",:") { advance(); }

    std::optional<Date> run()
    {
        // [day-of-week [","]]; what it is called does not matter.
        if (!token_.text.empty() && text::is_alpha(token_.text[0]))
            advance();
        if (token_.is(','))
            advance();
        if (!civil())
            return {};
        const auto seconds = time_of_day();
        if (!seconds)
            return {};
        date_.zone_minutes = zone(token_.text);
        date_.utc_seconds =
            days_from_civil(date_.year, date_.month, date_.day) * 86400 + *seconds -
            std::int64_t{date_.zone_minutes} * 60;
        return date_;
    }

private:
    /// day month year, apart or, as some write, with hyphens.
    bool civil()
    {
        std::array<std::string, 3> parts;
        parts[0] = take();
        if (std::count(parts[0].begin(), parts[0].end(), '-') == 2) {
            const std::size_t first = parts[0].find('-'), last = parts[0].rfind('-');
            parts[2] = parts[0].substr(last + 1);
            parts[1] = parts[0].substr(first + 1, last - first - 1);
            parts[0].resize(first);
        } else {
            parts[1] = take();
            parts[2] = take();
        }
        const auto d = number(parts[0], 2), m = month(parts[1]), y = year(parts[2]);
        if (!d || !m || !y || *d < 1 || *d > days_in_month(*y, *m))
            return false;
        date_.year = *y;
        date_.month = *m;
        date_.day = *d;
        return true;
    }

    /// hour ":" minute [":" second], in seconds; midnight if nothing is there.
    std::optional<int> time_of_day()
    {
        if (token_.kind == Token::Kind::End)
            return 0;
        const auto hour = number(take(), 2);
        if (!hour || !token_.is(':'))
            return {};
        advance();
        const auto minute = number(take(), 2);
        std::optional<int> second = 0;
        if (token_.is(':')) {
            advance();
            second = number(take(), 2);
        }
        if (!minute || !second || *hour > 23 || *minute > 59 || *second > 60)
            return {};
        return (*hour * 60 + *minute) * 60 + *second;
    }

    std::string take()
    {
        std::string text = std::move(token_.text);
        advance();
        return text;
    }
    void advance() { token_ = lexer_.next_plain(); }

    Lexer lexer_;
    Token token_;
    Date date_;
};

} // namespace

std::int64_t days_from_civil(int year, int month, int day)
{
    // March first, so that the leap day is a year's last; 400 years are an era.
    const std::int64_t y = std::int64_t{year} - (month <= 2 ? 1 : 0);
    const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
    const std::int64_t year_of_era = y - era * 400;
    const std::int64_t day_of_year =
        (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

std::optional<Date> parse_date(std::string_view value)
{
    return Parser(value).run();
}

} // namespace mime
