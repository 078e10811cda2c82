// SPDX-License-Identifier: ISC
#include "deliver/failure.h"

#include <cerrno>

#include <boost/test/unit_test.hpp>

using base::Errc;
using deliver::ExitStatus;

BOOST_AUTO_TEST_SUITE(failure)

BOOST_AUTO_TEST_CASE(only_a_quota_of_ours_is_sent_back_and_only_if_that_is_wanted)
{
    config::Settings settings;
    const base::Error ours{Errc::OverQuota, "full", 0};
    const base::Error disk{Errc::OverQuota, "full", EDQUOT};
    BOOST_TEST((deliver::failure(ours, settings).status == ExitStatus::TryAgain));
    settings.deliver.quota_full = config::QuotaFull::Bounce;
    BOOST_TEST((deliver::failure(ours, settings).status == ExitStatus::Refused));
    BOOST_TEST((deliver::failure(disk, settings).status == ExitStatus::TryAgain));
    for (int code = 0; code <= static_cast<int>(Errc::Internal); ++code) {
        const auto outcome =
            deliver::failure({static_cast<Errc>(code), "x", EIO}, settings);
        BOOST_TEST((outcome.status == ExitStatus::TryAgain));
    }
}

BOOST_AUTO_TEST_CASE(policy_is_told_from_faults)
{
    const config::Settings settings;
    const auto refused = deliver::failure({Errc::Refused, "no", 0}, settings);
    BOOST_TEST((refused.status == ExitStatus::Refused));
    BOOST_TEST(refused.line == "5.7.1 deliver: no\n");
    const auto not_mail = deliver::failure({Errc::Syntax, "", 0}, settings);
    BOOST_TEST((not_mail.status == ExitStatus::NotMail));
    BOOST_TEST(not_mail.line == "5.6.0 deliver: this is no mail\n");
}

BOOST_AUTO_TEST_SUITE_END()
