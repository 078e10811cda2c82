// SPDX-License-Identifier: ISC
#include "config/values.h"

#include <cstdint>
#include <limits>
#include <ostream>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();

struct Case {
    const char* text;
    std::uint64_t value;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.text;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(values)

const Case sizes[] = {
    {"0", 0},
    {"1", 1},
    {"1023", 1023},
    {"1K", 1024},
    {"1k", 1024},
    {"64M", 64 << 20},
    {"2G", 2UL << 30},
    {"007", 7},
    {"18446744073709551615", largest},
    {"0G", 0},
    {"1048576K", 1 << 30},
};

BOOST_DATA_TEST_CASE(reads_sizes, sizes)
{
    const auto size = config::parse_size(sample.text, 0, largest);
    BOOST_REQUIRE(size.has_value());
    BOOST_TEST(*size == sample.value);
}

const char* const no_sizes[] = {"",
                                "K",
                                "-1",
                                "+1",
                                "1.5M",
                                "1 M",
                                "1MB",
                                "0x10",
                                "1T",
                                "1KK",
                                " 1",
                                "1 ",
                                "one",
                                "18446744073709551616",
                                "18014398509481984K",
                                "17179869184G"};

BOOST_DATA_TEST_CASE(refuses_what_is_no_size, no_sizes)
{
    const auto size = config::parse_size(sample, 0, largest);
    BOOST_REQUIRE(!size);
    BOOST_TEST((size.error().code == base::Errc::Syntax));
}

BOOST_AUTO_TEST_CASE(sizes_have_bounds_and_say_so)
{
    BOOST_TEST(config::parse_size("1K", 1024, 2048).has_value());
    BOOST_TEST(config::parse_size("2K", 1024, 2048).has_value());
    const auto small = config::parse_size("1023", 1024, 2048);
    BOOST_REQUIRE(!small);
    BOOST_TEST(
        small.error().text ==
        "\"1023\" is too small; write a size such as 500K, 64M or 1G, from 1K to "
        "2K");
    BOOST_TEST(!config::parse_size("2049", 1024, 2048).has_value());
}

const Case times[] = {
    {"0", 0},      {"60", 60},   {"60s", 60},   {"30m", 1800},
    {"30M", 1800}, {"1h", 3600}, {"1d", 86400},
};

BOOST_DATA_TEST_CASE(reads_times, times)
{
    const auto time = config::parse_time(sample.text, 0, 86400);
    BOOST_REQUIRE(time.has_value());
    BOOST_TEST(static_cast<std::uint64_t>(*time) == sample.value);
}

const char* const no_times[] = {"",      "s",  "-1", "1ms", "1 h",
                                "86401", "2d", "1w", "1:30"};

BOOST_DATA_TEST_CASE(refuses_what_is_no_time, no_times)
{
    BOOST_TEST(!config::parse_time(sample, 0, 86400).has_value());
}

BOOST_AUTO_TEST_CASE(numbers_have_no_units)
{
    BOOST_TEST(*config::parse_number("7", 1, 9) == 7U);
    BOOST_TEST(!config::parse_number("7K", 1, 9000).has_value());
    BOOST_TEST(!config::parse_number("0", 1, 9).has_value());
    BOOST_TEST(!config::parse_number("10", 1, 9).has_value());
}

BOOST_AUTO_TEST_CASE(writes_the_largest_whole_unit)
{
    BOOST_TEST(config::size_to_text(0) == "0");
    BOOST_TEST(config::size_to_text(64 << 20) == "64M");
    BOOST_TEST(config::size_to_text(1500) == "1500");
    BOOST_TEST(config::time_to_text(1800) == "30m");
    BOOST_TEST(config::time_to_text(90) == "90s");
    BOOST_TEST(config::time_to_text(0) == "0");
}

BOOST_AUTO_TEST_CASE(words_stand_between_blanks_and_commas)
{
    BOOST_TEST(config::words("").empty());
    BOOST_TEST(config::words(" ,\t ").empty());
    const auto found = config::words(" a,b ,\tc");
    BOOST_REQUIRE(found.size() == 3U);
    BOOST_TEST(found[0] == "a");
    BOOST_TEST(found[2] == "c");
}

BOOST_AUTO_TEST_CASE(case_does_not_count_among_words)
{
    const std::vector<std::string> among = {"IDLE", "compress=Deflate"};
    BOOST_TEST(config::is_among("idle", among));
    BOOST_TEST(config::is_among("COMPRESS=DEFLATE", among));
    BOOST_TEST(!config::is_among("COMPRESS", among));
    BOOST_TEST(!config::is_among("", among));
    BOOST_TEST(!config::is_among("IDLE", std::vector<std::string>()));
}

BOOST_AUTO_TEST_SUITE_END()
