// SPDX-License-Identifier: ISC
#include "deliver/exit_status.h"

#include <algorithm>
#include <string>

#include <boost/test/unit_test.hpp>

using base::Errc;
using deliver::ExitStatus;

BOOST_AUTO_TEST_SUITE(exit_status)

BOOST_AUTO_TEST_CASE(no_error_of_the_system_bounces)
{
    for (int code = 0; code <= static_cast<int>(Errc::Internal); ++code) {
        const auto outcome = deliver::try_again({static_cast<Errc>(code), "x", 0});
        BOOST_TEST((outcome.status == ExitStatus::TryAgain));
        BOOST_TEST(outcome.line.starts_with("4."));
    }
    BOOST_TEST((deliver::misconfigured("x").status == ExitStatus::TryAgain));
}

BOOST_AUTO_TEST_CASE(the_line_begins_with_an_enhanced_status_code)
{
    BOOST_TEST(deliver::try_again({Errc::NoSpace, "write: full", 0}).line ==
               "4.3.1 deliver: write: full\n");
    BOOST_TEST(deliver::try_again({Errc::OverQuota, "write", 0}).line ==
               "4.2.2 deliver: write\n");
    BOOST_TEST(deliver::try_again({Errc::Io, "read", 0}).line ==
               "4.2.0 deliver: read\n");
    BOOST_TEST(deliver::misconfigured("key").line == "4.3.5 deliver: key\n");
    BOOST_TEST(deliver::unknown_user("ann").line ==
               "5.1.1 deliver: no such user: ann\n");
    BOOST_TEST((deliver::unknown_user("ann").status == ExitStatus::UnknownUser));
    BOOST_TEST(deliver::over_quota().line == "5.2.2 deliver: the mailbox is full\n");
    BOOST_TEST((deliver::over_quota().status == ExitStatus::Refused));
    BOOST_TEST(deliver::delivered().line.empty());
}

BOOST_AUTO_TEST_CASE(there_is_one_line_however_long_the_text)
{
    const auto line = deliver::misconfigured("a\nb\r" + std::string(9000, 'x')).line;
    BOOST_TEST(line.size() <= deliver::max_line);
    BOOST_TEST(std::count(line.begin(), line.end(), '\n') == 1);
    BOOST_TEST(line.starts_with("4.3.5 deliver: a?b?xxx"));
}

BOOST_AUTO_TEST_SUITE_END()
