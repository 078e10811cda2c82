// SPDX-License-Identifier: ISC
#include "maildir/quota.h"

#include <ostream>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "maildir/temporary.h"

namespace {

using maildir::MaildirSize;
using maildir::Quota;
using maildir::QuotaLimits;
using maildir::QuotaUsage;
using maildir_test::FixedClock;
using maildir_test::Temporary;

constexpr std::int64_t now_s = 1'800'000'000;

/// A Maildir with a folder, and a quota over it.
struct Fixture {
    Fixture()
    {
        BOOST_REQUIRE(tree.create("A").has_value());
        // Stamps of directories that are older than the clock's tick are stable.
        directory.write("cur/1.M1P1.h,S=1000:2,S", "short");
        directory.write("cur/2.M1P1.h:2,", std::string(500, 'x'));
        directory.write(".A/new/3.M1P1.h,S=70", "x");
    }
    Quota quota(QuotaLimits fallback = {}) const { return {tree, clock, fallback}; }
    std::string written() const { return directory.read("maildirsize"); }

    Temporary directory;
    FixedClock clock{now_s * 1'000'000};
    maildir::Tree tree = maildir::Tree::open_or_create(directory.path()).value();
};

struct Case {
    const char* text;
    QuotaLimits limits;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.text;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(quota)

const Case definitions[] = {
    {"1000000S,1000C", {1000000, 1000}},
    {"1000C,1000000S", {1000000, 1000}},
    {"5S", {5, 0}},
    {"7C", {0, 7}},
    {"", {}},
    {"0S", {}},
    {"12X,3C", {0, 3}}, // a kind that we do not know
    {"S,C,-1C,1.5S", {}},
    {"99999999999999999999S,1C", {0, 1}},
};

BOOST_DATA_TEST_CASE(reads_definitions, definitions)
{
    BOOST_TEST((QuotaLimits::parse(sample.text) == sample.limits));
    BOOST_TEST((QuotaLimits::parse(sample.limits.to_text()) == sample.limits));
}

BOOST_AUTO_TEST_CASE(adds_up_the_lines)
{
    const auto size = MaildirSize::parse("1000S\n     1570    3\n-500 -1\n\t9\t1\n");
    BOOST_TEST(!size.is_damaged);
    BOOST_TEST(size.definition == "1000S");
    BOOST_TEST(size.usage.octets == 1079);
    BOOST_TEST(size.usage.messages == 3);
    BOOST_TEST(size.lines == 3U);
}

const char* const damaged[] = {"",
                               "1000S",
                               "1000S\n",             // no amounts at all
                               "1000S\n1 2",          // torn
                               "1000S\n1\n",          //
                               "1000S\n1 2 3\n",      //
                               "1000S\nx 2\n",        //
                               "1000S\n12\n",         //
                               "1000S\n1 1\n-2 -1\n", // below zero
                               "1000S\n1 1\n\n",
                               "1000S\n9999999999999999999 1\n"};

BOOST_DATA_TEST_CASE(sees_what_cannot_be_right, damaged)
{
    BOOST_TEST(MaildirSize::parse(sample).is_damaged);
}

BOOST_AUTO_TEST_CASE(without_a_definition_there_is_no_limit_and_no_file)
{
    const Fixture f;
    BOOST_TEST(!f.quota().state().value().has_value());
    BOOST_TEST(f.quota().check({1'000'000'000'000, 1}).has_value());
    f.quota().add({1, 1});
    BOOST_TEST(f.quota().recount().has_value());
    BOOST_TEST(!f.directory.has("maildirsize"));
}

BOOST_AUTO_TEST_CASE(a_file_without_a_definition_is_none_either)
{
    const Fixture f;
    f.directory.write("maildirsize", "\n 1570 3\n");
    BOOST_TEST(!f.quota().state().value().has_value());
    f.quota().add({10, 1}); // but it is kept right
    BOOST_TEST(f.written() == "\n 1570 3\n       10    1\n");
}

BOOST_AUTO_TEST_CASE(limits_from_elsewhere_count_and_stay_out_of_the_file)
{
    const Fixture f;
    const auto state = f.quota({2000, 10}).state().value();
    BOOST_REQUIRE(state.has_value());
    BOOST_TEST((state->usage == QuotaUsage{1570, 3}));
    BOOST_TEST((state->limits == QuotaLimits{2000, 10}));
    BOOST_TEST(f.written() == "\n     1570    3\n");
    BOOST_TEST((f.quota({5000, 0}).state().value()->limits == QuotaLimits{5000, 0}));
}

BOOST_AUTO_TEST_CASE(a_definition_of_the_file_counts_before_others)
{
    const Fixture f;
    f.directory.write("maildirsize", "3000S\n1570 3\n");
    BOOST_TEST((f.quota({2000, 10}).state().value()->limits == QuotaLimits{3000, 0}));
}

BOOST_AUTO_TEST_CASE(a_limit_may_be_reached_and_not_exceeded)
{
    const Fixture f;
    f.directory.write("maildirsize", "2000S,5C\n1570 3\n");
    f.directory.set_times("maildirsize", now_s, now_s);
    BOOST_TEST(f.quota().check({430, 2}).has_value());
    const auto too_large = f.quota().check({431, 1});
    BOOST_REQUIRE(!too_large.has_value());
    BOOST_TEST((too_large.error().code == base::Errc::OverQuota));
    BOOST_TEST(!f.quota().check({1, 3}).has_value());
    f.quota().add({430, 1});
    f.directory.set_times("maildirsize", now_s, now_s);
    BOOST_TEST(!f.quota().check({1, 1}).has_value());
    f.quota().add({-1000, -1});
    BOOST_TEST(f.quota().check({1, 1}).has_value());
    BOOST_TEST(f.written() == "2000S,5C\n1570 3\n      430    1\n    -1000   -1\n");
}

BOOST_AUTO_TEST_CASE(counts_anew_before_refusing_if_the_file_is_old)
{
    const Fixture f;
    f.directory.write("maildirsize", "2000S\n1999 9\n");
    f.directory.set_times("maildirsize", now_s - 800, now_s - 800);
    BOOST_TEST(!f.quota().check({100, 1}).has_value());
    f.directory.set_times("maildirsize", now_s - 1000, now_s - 1000);
    BOOST_TEST(f.quota().check({100, 1}).has_value());
    BOOST_TEST(f.written() == "2000S\n     1570    3\n");
}

BOOST_AUTO_TEST_CASE(counts_anew_when_the_file_has_grown_or_cannot_be_right)
{
    const Fixture f;
    f.directory.write("maildirsize", "2000S\n-5 1\n");
    BOOST_TEST((f.quota().state().value()->usage == QuotaUsage{1570, 3}));
    std::string text = "2000S\n";
    while (text.size() <= Quota::max_octets)
        text += "1 1\n";
    f.directory.write("maildirsize", text);
    BOOST_TEST((f.quota().state().value()->usage == QuotaUsage{1570, 3}));
    BOOST_TEST(f.written() == "2000S\n     1570    3\n");
}

BOOST_AUTO_TEST_CASE(a_fifo_in_its_place_keeps_nobody_waiting)
{
    const Fixture f;
    BOOST_REQUIRE(::mkfifoat(f.directory.fd(), "maildirsize", 0600) == 0);
    f.quota().add({1, 1});
    BOOST_TEST(f.quota().check({1, 1}).has_value());
}

BOOST_AUTO_TEST_CASE(counts_anew_when_asked)
{
    const Fixture f;
    f.directory.write("maildirsize", "2000S\n1 1\n");
    BOOST_TEST(f.quota().recount().has_value());
    BOOST_TEST(f.written() == "2000S\n     1570    3\n");
}

BOOST_AUTO_TEST_SUITE_END()
