// SPDX-License-Identifier: ISC
#include "maildir/name.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "temporary.h"

namespace {

using maildir::Name;
using maildir::order_of;
using maildir_test::FixedClock;
using maildir_test::FixedRandom;

struct Case {
    const char* file_name;
    const char* base;
    int flags;
    unsigned keywords;
    const char* written; ///< nullptr: as it was
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.file_name;
    }
};

constexpr int all_flags = 63;

} // namespace

BOOST_AUTO_TEST_SUITE(name)

const Case names[] = {
    {"1.M2P3.host", "1.M2P3.host", 0, 0, nullptr},
    {"1.host:2,", "1.host", 0, 0, nullptr},
    {"1.host:2,S", "1.host", maildir::seen, 0, nullptr},
    {"1.host:2,DFPRST", "1.host", all_flags, 0, nullptr},
    {"1.host:2,TSRPFD", "1.host", all_flags, 0, "1.host:2,DFPRST"},
    {"1.host:2,Sab", "1.host", maildir::seen, 3, nullptr},
    {"1.host:2,z", "1.host", 0, 1U << 25, nullptr},
    {"1.host:2,SS", "1.host", maildir::seen, 0, "1.host:2,S"},
    {"1.host:2,SXa", "1.host", maildir::seen, 1, nullptr}, // X is unknown, and kept
    {"1.host:2,aXS", "1.host", maildir::seen, 1, "1.host:2,SXa"},
    {"1.host:2,S,more", "1.host", maildir::seen, 0, nullptr},
    {"1.host:2,,S", "1.host", 0, 0, nullptr}, // after the comma it is no flag
    {"1.host:1,S", "1.host", 0, 0, nullptr},  // experimental info is kept
    {"1.host:1,S:2,F", "1.host", maildir::flagged, 0, nullptr},
    {"1.host:", "1.host", 0, 0, nullptr},
    {"1.host;2,S", "1.host", maildir::seen, 0, nullptr},
    {"1.host!2,Sb", "1.host", maildir::seen, 2, nullptr},
    {"1.host;x", "1.host;x", 0, 0, nullptr},
    {"1.host,S=5,W=6:2,S", "1.host,S=5,W=6", maildir::seen, 0, nullptr},
    {"no dot at all", "no dot at all", 0, 0, nullptr},
    {":2,S", "", maildir::seen, 0, nullptr},
    {"", "", 0, 0, nullptr},
};

BOOST_DATA_TEST_CASE(takes_apart_and_puts_together, names)
{
    const Name name = Name::parse(sample.file_name);
    BOOST_TEST(name.base == sample.base);
    BOOST_TEST(int{name.flags} == sample.flags);
    BOOST_TEST(name.keywords == sample.keywords);
    const std::string expected = sample.written ? sample.written : sample.file_name;
    BOOST_TEST(name.to_text() == expected);
    BOOST_TEST((Name::parse(name.to_text()) == name));
    BOOST_TEST(maildir::base_of(sample.file_name) == sample.base);
}

BOOST_AUTO_TEST_CASE(other_flags_keep_all_that_is_not_theirs)
{
    const Name name = Name::parse("1.host,U=7:2,FXb,later");
    BOOST_TEST(name.with(maildir::seen | maildir::draft, 1).to_text() ==
               "1.host,U=7:2,DSXa,later");
    BOOST_TEST(Name::parse("1.host").with(0, 0).to_text() == "1.host:2,");
    BOOST_TEST(Name::parse("1.host:1,x").with(maildir::seen, 0).to_text() ==
               "1.host:1,x:2,S");
    BOOST_TEST(Name::parse("1.host;2,").with(maildir::seen, 0).to_text() ==
               "1.host;2,S");
}

BOOST_AUTO_TEST_CASE(sizes_stand_in_the_base_name)
{
    const Name name = Name::parse("1.host,S=1234,W=1250:2,S");
    BOOST_TEST(name.size().value() == 1234U);
    BOOST_TEST(name.wire_size().value() == 1250U);
    BOOST_TEST(maildir::size_in("1.h,W=9,S=8").value() == 8U);
    BOOST_TEST(maildir::wire_size_in("1.h,W=9,S=8:2,").value() == 9U);
    for (const char* without :
         {"1.host", "1.host:2,S=5", "1.host,S=", "1.host,S=-5", "1.host,S=5x",
          "1.host,S=18446744073709551616", "1.S=5"})
        BOOST_TEST(!maildir::size_in(without), without);
    BOOST_TEST(maildir::with_sizes("1.host", 5, 6) == "1.host,S=5,W=6");
}

BOOST_AUTO_TEST_CASE(delivery_order_is_by_seconds_microseconds_counter_name)
{
    const std::vector<std::string> sorted = {
        "no-number",           "999.M999999P1.host", "1000.host",
        "1000.M5P1Q1.host",    "1000.M5P1Q2.a",      "1000.M5P1Q2.b",
        "1000.M5P1Q10.host",
        "1000.M70P1.host", // not by text: 70 > 5
        "1000.M123456P1.host", "1001.P5.host",       "10000.M1P1.host",
    };
    std::vector<std::string> mixed(sorted.rbegin(), sorted.rend());
    std::sort(mixed.begin(), mixed.end(), [](const auto& a, const auto& b) {
        return order_of(a + ":2,S") < order_of(b);
    });
    BOOST_TEST(mixed == sorted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(order_reads_the_names_of_other_programs)
{
    // maildrop, Courier: V and I are hexadecimal, in whatever case
    const auto courier = order_of("1700000000.M12P34V0000000000000801I000000000ABCDEF"
                                  "Q5.host,S=12:2,S");
    BOOST_TEST(courier.seconds == 1700000000U);
    BOOST_TEST(courier.microseconds == 12U);
    BOOST_TEST(courier.counter == 5U);
    // old qmail, isync: process id and counter
    const auto isync = order_of("1700000000.12345_7.host,U=3:2,S");
    BOOST_TEST(isync.seconds == 1700000000U);
    BOOST_TEST(isync.microseconds == 0U);
    BOOST_TEST(isync.base == "1700000000.12345_7.host,U=3");
}

BOOST_AUTO_TEST_CASE(fresh_names_say_when_who_and_where)
{
    const FixedClock clock(1'700'000'000'000'042);
    FixedRandom random(0x5a);
    const std::string base = maildir::fresh_base(clock, random, "mx.example", 3);
    const std::string expected = "1700000000.M42P" + std::to_string(::getpid()) +
                                 "Q3R5a5a5a5a5a5a5a5a.mx.example";
    BOOST_TEST(base == expected);
    const auto order = order_of(base);
    BOOST_TEST(order.microseconds == 42U);
    BOOST_TEST(order.counter == 3U);
}

BOOST_AUTO_TEST_CASE(a_host_name_cannot_break_a_file_name)
{
    const FixedClock clock(0);
    FixedRandom random;
    const std::string base = maildir::fresh_base(clock, random, "a/b:c,d;2,e f\n\xff");
    BOOST_TEST(base.ends_with(".a\\057b\\072c\\054d;2\\054e_f__"));
    BOOST_TEST(maildir::base_of(base) == base);
    BOOST_TEST(maildir::fresh_base(clock, random, "").ends_with(".localhost"));
    BOOST_TEST(maildir::fresh_base(clock, random, std::string(1000, '/')).size() <
               330U);
    BOOST_TEST(!maildir::host_name().empty());
}

BOOST_AUTO_TEST_CASE(names_tell_when_a_message_came)
{
    using maildir::delivered_at;
    BOOST_TEST(*delivered_at("1700000000.M42P1.host,S=3:2,S") == 1'700'000'000);
    BOOST_TEST(*delivered_at("253402300799.x") == 253'402'300'799);
    for (const char* name : {"", "x.host", "0.host", "253402300800.x", ".1.x",
                             "99999999999999999999999999.x"})
        BOOST_TEST(!delivered_at(name).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
