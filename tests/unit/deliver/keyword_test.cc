// SPDX-License-Identifier: ISC
#include "deliver/keyword.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "../maildir/temporary.h"

BOOST_AUTO_TEST_SUITE(keyword)

BOOST_AUTO_TEST_CASE(a_keyword_gets_a_letter_and_keeps_it)
{
    const maildir_test::Temporary root;
    const auto inbox = maildir::Folder::create(root.fd(), "").value();
    BOOST_TEST(deliver::keyword_bit(inbox, "$One").value() == 1U);
    BOOST_TEST(deliver::keyword_bit(inbox, "$Two").value() == 2U);
    BOOST_TEST(deliver::keyword_bit(inbox, "$one").value() == 1U);
    BOOST_TEST(root.read("dovecot-keywords") == "0 $One\n1 $Two\n");
}

BOOST_AUTO_TEST_CASE(there_are_26_letters)
{
    const maildir_test::Temporary root;
    const auto inbox = maildir::Folder::create(root.fd(), "").value();
    for (int i = 0; i < 26; ++i)
        BOOST_TEST(deliver::keyword_bit(inbox, "k" + std::to_string(i)).has_value());
    BOOST_TEST((deliver::keyword_bit(inbox, "more").error().code == base::Errc::Limit));
    BOOST_TEST(deliver::keyword_bit(inbox, "k25").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
