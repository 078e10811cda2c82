// SPDX-License-Identifier: ISC
#include "deliver/warning.h"

#include <ostream>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "../maildir/temporary.h"

namespace {

using maildir_test::Temporary;

struct Case {
    maildir::Quota::State state;
    maildir::QuotaUsage added;
    bool expected;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.state.usage.octets << " with " << c.added.octets;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(warning)

const Case cases[] = {
    {{{1000, 0}, {900, 1}}, {1, 1}, true},
    {{{1000, 0}, {899, 1}}, {1, 1}, false},
    {{{1000, 0}, {901, 1}}, {1, 1}, false}, // told before
    {{{1000, 0}, {1000, 1}}, {1000, 1}, true},
    {{{0, 10}, {5, 9}}, {5, 1}, true},
    {{{0, 10}, {5, 10}}, {5, 1}, false},
    {{{0, 0}, {5, 10}}, {5, 1}, false}, // no limit
    {{{std::uint64_t{1} << 59, 0}, {std::int64_t{1} << 59, 1}}, {1, 1}, false},
};

BOOST_DATA_TEST_CASE(is_given_when_the_mark_is_passed, cases)
{
    BOOST_TEST(deliver::has_passed(sample.state, sample.added, 90) == sample.expected);
}

BOOST_AUTO_TEST_CASE(the_program_learns_who_and_how_much)
{
    const Temporary home;
    const std::string program = home.path() + "/warn";
    home.write("warn", "#!/bin/sh\necho \"$1 $2 $HOME $USER $LOGNAME\" > " +
                           home.path() + "/tmp\nmv " + home.path() + "/tmp " +
                           home.path() + "/told\n");
    ::chmod(program.c_str(), 0700);
    auth::Identity ann;
    ann.user = "ann";
    ann.home = "/home/ann";
    BOOST_TEST(deliver::warn(program, ann, 90).has_value());
    for (int i = 0; i < 3000 && !home.has("told"); ++i)
        ::usleep(10'000);
    BOOST_TEST(home.read("told") == "ann 90 /home/ann ann ann\n");
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there_does_no_harm)
{
    BOOST_TEST(deliver::warn("/nonexistent/warn", {}, 90).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
