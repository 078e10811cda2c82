// SPDX-License-Identifier: ISC
#include "imap/date_time.h"

#include <cstdint>
#include <ostream>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using imap::Date;
using imap::DateTime;

struct Case {
    std::int64_t seconds;
    int zone_minutes;
    const char* text; ///< with quotes
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.text;
    }
};

std::string unquoted(const std::string& text)
{
    return text.substr(1, text.size() - 2);
}

} // namespace

BOOST_AUTO_TEST_SUITE(date_time)

const Case both_ways[] = {
    {837596665, -420, "\"17-Jul-1996 02:44:25 -0700\""}, // RFC 9051 §6.3.12's kind
    {0, 0, "\" 1-Jan-1970 00:00:00 +0000\""},
    {-1, 0, "\"31-Dec-1969 23:59:59 +0000\""},
    {951782400, 0, "\"29-Feb-2000 00:00:00 +0000\""}, // 2000 is a leap year
    {951782399, 60, "\"29-Feb-2000 00:59:59 +0100\""},
    {4107542399, 0, "\"28-Feb-2100 23:59:59 +0000\""}, // 2100 is not
    {4107542400, 0, "\" 1-Mar-2100 00:00:00 +0000\""},
    {1795579412, 330, "\"25-Nov-2026 09:33:32 +0530\""},
    {253402300799, 0, "\"31-Dec-9999 23:59:59 +0000\""},
    {-62167219200, 0, "\" 1-Jan-0000 00:00:00 +0000\""},
};

BOOST_DATA_TEST_CASE(writes_and_reads, both_ways)
{
    BOOST_TEST(imap::to_text({sample.seconds, sample.zone_minutes}) == sample.text);
    const auto when = imap::parse_date_time(unquoted(sample.text));
    BOOST_REQUIRE(when.has_value());
    BOOST_TEST(when->seconds == sample.seconds);
    BOOST_TEST(when->zone_minutes == sample.zone_minutes);
}

const Case read_only[] = {
    {837596665, -420, "\"17-JUL-1996 02:44:25 -0700\""}, // months in any case
    {0, 0, "\"01-jan-1970 00:00:00 -0000\""},            // 2DIGIT
    {60, 0, "\" 1-Jan-1970 00:00:60 +0000\""},           // a leap second
};

BOOST_DATA_TEST_CASE(reads, read_only)
{
    const auto when = imap::parse_date_time(unquoted(sample.text));
    BOOST_REQUIRE(when.has_value());
    BOOST_TEST(when->seconds == sample.seconds);
}

const char* const refused[] = {
    "",
    "17-Jul-1996",
    "17-Jul-1996 02:44:25",
    "17-Jul-1996 02:44:25 GMT  ",
    "17-Jul-1996 02:44:25 0700 ",
    "17-Jul-1996 2:44:25 -0700",
    "17-Jul-1996 24:00:00 +0000",
    "17-Jul-1996 00:60:00 +0000",
    "17-Jul-1996 00:00:61 +0000",
    "17-Jul-1996 00:00:00 +0060",
    "17-Jul-1996 00:00:00 +2400",
    "1-Jul-1996 02:44:25 -0700",
    "  1-Jul-1996 02:44:25 -070",
    "30-Feb-1996 02:44:25 -0700",
    "29-Feb-1900 02:44:25 -0700",
    "00-Jan-1996 02:44:25 -0700",
    "17-Foo-1996 02:44:25 -0700",
    "17 Jul 1996 02:44:25 -0700",
    "17-Jul-1996T02:44:25 -0700",
    "17-Jul-1996 02-44-25 -0700",
    " -1-Jul-996 02:44:25 -0700",
};

BOOST_DATA_TEST_CASE(refuses, refused)
{
    const auto when = imap::parse_date_time(sample);
    BOOST_REQUIRE(!when);
    BOOST_TEST((when.error().code == base::Errc::Syntax));
}

BOOST_AUTO_TEST_CASE(dates_have_one_or_two_digits_for_the_day)
{
    BOOST_TEST((*imap::parse_date("1-Feb-1994") == Date{1994, 2, 1}));
    BOOST_TEST((*imap::parse_date("01-feb-1994") == Date{1994, 2, 1}));
    BOOST_TEST((*imap::parse_date("29-FEB-2024") == Date{2024, 2, 29}));
    for (const char* bad : {"", "-Feb-1994", "001-Feb-1994", " 1-Feb-1994", "1-Feb-94",
                            "29-Feb-2023", "32-Jan-2023", "0-Jan-2023", "1-Jan-19940",
                            "1/Feb/1994", "x-Feb-1994", "1-Feb-199x"})
        BOOST_TEST(!imap::parse_date(bad), bad);
}

BOOST_AUTO_TEST_CASE(every_day_of_four_centuries_is_counted_and_found_again)
{
    for (std::int64_t day = -146097; day <= 146097; ++day) {
        const Date date = imap::civil_date({day * 86400 + 86399, 0});
        BOOST_REQUIRE(imap::is_valid(date));
        BOOST_REQUIRE(imap::days_since_epoch(date) == day);
    }
}

BOOST_AUTO_TEST_CASE(the_date_is_that_of_the_zone)
{
    BOOST_TEST((imap::civil_date({0, -1}) == Date{1969, 12, 31}));
    BOOST_TEST((imap::civil_date({86399, 1}) == Date{1970, 1, 2}));
}

BOOST_AUTO_TEST_CASE(what_has_no_wire_form_gets_the_nearest)
{
    BOOST_TEST(imap::to_text({INT64_MAX, 0}) == "\"31-Dec-9999 23:59:59 +0000\"");
    BOOST_TEST(imap::to_text({INT64_MIN, 0}) == "\" 1-Jan-0000 00:00:00 +0000\"");
    BOOST_TEST(imap::to_text({0, 100000}).substr(22) == "+2359\"");
}

BOOST_AUTO_TEST_SUITE_END()
