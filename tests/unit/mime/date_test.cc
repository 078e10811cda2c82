// SPDX-License-Identifier: ISC
#include "mime/date.h"

#include <cstdint>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using mime::parse_date;
namespace data = boost::unit_test::data;

namespace {

std::int64_t utc(std::string_view value)
{
    const auto date = parse_date(value);
    return date ? date->utc_seconds : -1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(date)

BOOST_AUTO_TEST_CASE(tells_the_moment_and_the_day_as_written)
{
    const auto date = parse_date("Fri, 21 Nov 1997 23:55:06 -0600").value();
    BOOST_TEST(date.utc_seconds == 880178106);
    BOOST_TEST(date.zone_minutes == -360);
    BOOST_TEST(date.year == 1997);
    BOOST_TEST(date.month == 11);
    BOOST_TEST(date.day == 21); // the 22nd in UTC
}

BOOST_DATA_TEST_CASE(reads_the_same_moment_in_many_forms,
                     data::make({
                         "Thu, 01 Jan 2004 12:00:00 +0000",
                         "Thu, 1 Jan 2004 12:00 +0000",
                         "1 Jan 2004 12:00:00 GMT",
                         "1 jan 04 12:00:00 UT",
                         "Mon, 1 January 104 12:00:00 Z",
                         "Thu,1 Jan 2004 12:00:00",
                         "Thu 1 Jan 2004 12:00:00 +0000 (UTC)",
                         "(c)Thu(c),(c)1(c)Jan(c)2004(c)12(c):(c)00(c):(c)00(c)+0000",
                         "Thu,\r\n 1 Jan\r\n 2004 12 : 00 : 00 +0000",
                         "1 Jan 2004 13:30:00 +0130",
                         "1 Jan 2004 07:00:00 EST",
                         "1 Jan 2004 05:00:00 pdt",
                         "1 Jan 2004 12:00:00 A",
                         "1 Jan 2004 12:00:00 Nowhere",
                         "1 Jan 2004 12:00:00 +9999",
                         "1 Jan 2004 12:00:00 -0000",
                         "1 Jan 2004 12:00:00 GMT+0100",
                         "1-Jan-2004 12:00:00 +0000",
                         "Thursday, 1-Jan-04 12:00:00 GMT",
                         "1 Jan 2004 12:00:00 +0000 and more",
                     }),
                     value)
{
    BOOST_TEST(utc(value) == 1072958400);
}

BOOST_AUTO_TEST_CASE(years_of_two_and_three_digits)
{
    BOOST_TEST(parse_date("1 Jan 49 0:00").value().year == 2049);
    BOOST_TEST(parse_date("1 Jan 50 0:00").value().year == 1950);
    BOOST_TEST(parse_date("1 Jan 99 0:00").value().year == 1999);
    BOOST_TEST(parse_date("1 Jan 100 0:00").value().year == 2000);
    BOOST_TEST(parse_date("1 Jan 1899 0:00").value().year == 1899);
}

BOOST_AUTO_TEST_CASE(counts_days_like_the_calendar)
{
    BOOST_TEST(mime::days_from_civil(1970, 1, 1) == 0);
    BOOST_TEST(mime::days_from_civil(2000, 3, 1) == 11017);
    BOOST_TEST(mime::days_from_civil(1969, 12, 31) == -1);
    BOOST_TEST(mime::days_from_civil(0, 1, 1) == -719528);
    BOOST_TEST(mime::days_from_civil(9999, 12, 31) == 2932896);
    BOOST_TEST(parse_date("29 Feb 2000 0:00").has_value());
    BOOST_TEST(utc("31 Dec 2016 23:59:60 +0000") == 1483228800); // a leap second
    BOOST_TEST(parse_date("1 Jan 2004").value().utc_seconds == 1072915200);
}

BOOST_DATA_TEST_CASE(refuses,
                     data::make({"",
                                 "x",
                                 "Thu",
                                 "Thu,",
                                 "1",
                                 "1 Jan",
                                 "0 Jan 2004 0:00",
                                 "32 Jan 2004 0:00",
                                 "29 Feb 1900 0:00",
                                 "30 Feb 2004 0:00",
                                 "31 Apr 2004 0:00",
                                 "1 Foo 2004 0:00",
                                 "1 Jan 4 0:00",
                                 "1 Jan 20040 0:00",
                                 "1 Jan 2004 24:00",
                                 "1 Jan 2004 0:60",
                                 "1 Jan 2004 0:00:61",
                                 "1 Jan 2004 0",
                                 "1 Jan 2004 0:",
                                 "1 Jan 2004 0:0:",
                                 "1 Jan 2004 x",
                                 "2004-01-01 0:00",
                                 "111 Jan 2004 0:00",
                                 "-1 Jan 2004 0:00",
                                 "(",
                                 "\xE4"}),
                     value)
{
    BOOST_TEST(!parse_date(value));
}

BOOST_AUTO_TEST_SUITE_END()
