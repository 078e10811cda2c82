// SPDX-License-Identifier: ISC
#include "deliver/policy.h"

#include <string>

#include <boost/test/unit_test.hpp>

using deliver::Verdict;

BOOST_AUTO_TEST_SUITE(policy)

BOOST_AUTO_TEST_CASE(the_strongest_word_counts)
{
    config::Settings::Policy policy;
    BOOST_TEST(!deliver::looks_at_types(policy));
    policy.refuse_types = {"application/x-dosexec"};
    policy.quarantine_types = {"application/*"};
    policy.flag_types = {"Image/PNG"};
    BOOST_TEST(deliver::looks_at_types(policy));
    BOOST_TEST((deliver::judge({}, policy).verdict == Verdict::Deliver));
    BOOST_TEST((deliver::judge({"text/plain"}, policy).verdict == Verdict::Deliver));
    BOOST_TEST((deliver::judge({"image/png"}, policy).verdict == Verdict::Flag));
    const auto held = deliver::judge({"image/png", "application/zip"}, policy);
    BOOST_TEST((held.verdict == Verdict::Quarantine));
    BOOST_TEST(held.type == "application/zip");
    const auto refused = deliver::judge(
        {"application/x-dosexec", "application/zip", "image/png"}, policy);
    BOOST_TEST((refused.verdict == Verdict::Refuse));
    BOOST_TEST(refused.type == "application/x-dosexec");
}

BOOST_AUTO_TEST_CASE(what_can_be_mail)
{
    const std::string nul(1, '\0');
    for (const std::string& head :
         {std::string("A: 1\n\n") + nul, "From a\n" + nul, "\n" + nul, "\r\n" + nul,
          std::string("no header at all"), std::string("\xff\xfe"), std::string("x"),
          "A : 1\n" + nul})
        BOOST_TEST(deliver::is_mail(head));
    for (const std::string& head : {"\x7f" + std::string("ELF\2\1\1") + nul,
                                    "PK\3\4" + nul, nul, "text\nmore" + nul})
        BOOST_TEST(!deliver::is_mail(head));
}

BOOST_AUTO_TEST_SUITE_END()
