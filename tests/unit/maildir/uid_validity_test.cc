// SPDX-License-Identifier: ISC
#include "maildir/uid_validity.h"

#include <boost/test/unit_test.hpp>

#include "temporary.h"

namespace {

using base::Errc;
using maildir::next_uid_validity;
using maildir::note_uid_validity;
using maildir_test::Temporary;

} // namespace

BOOST_FIXTURE_TEST_SUITE(uid_validity, Temporary)

BOOST_AUTO_TEST_CASE(the_first_is_the_time)
{
    BOOST_TEST(next_uid_validity(fd(), 0x695a4f00).value() == 0x695a4f00U);
    BOOST_TEST(read("dovecot-uidvalidity") == "695a4f00");
    BOOST_TEST(names(".") == "dovecot-uidvalidity dovecot-uidvalidity.695a4f00");
}

BOOST_AUTO_TEST_CASE(none_is_given_twice_within_a_second_nor_by_a_clock_set_back)
{
    BOOST_TEST(next_uid_validity(fd(), 1000).value() == 1000U);
    BOOST_TEST(next_uid_validity(fd(), 1000).value() == 1001U);
    BOOST_TEST(next_uid_validity(fd(), 900).value() == 1002U);
    BOOST_TEST(next_uid_validity(fd(), 2000).value() == 2000U);
    BOOST_TEST(names(".") == "dovecot-uidvalidity dovecot-uidvalidity.000007d0");
}

BOOST_AUTO_TEST_CASE(goes_on_from_what_dovecot_left)
{
    write("dovecot-uidvalidity", "00000bb8");
    write("dovecot-uidvalidity.00000bb8", "");
    BOOST_TEST(next_uid_validity(fd(), 1000).value() == 3001U);
    BOOST_TEST(read("dovecot-uidvalidity") == "00000bb9");
}

BOOST_AUTO_TEST_CASE(the_larger_of_file_and_name_counts)
{
    write("dovecot-uidvalidity", "00000005");
    write("dovecot-uidvalidity.00000007", "");
    BOOST_TEST(next_uid_validity(fd(), 1).value() == 8U);
    write("dovecot-uidvalidity", "00000020");
    BOOST_TEST(next_uid_validity(fd(), 1).value() == 0x21U);
    BOOST_TEST(names(".") == "dovecot-uidvalidity dovecot-uidvalidity.00000021");
}

BOOST_AUTO_TEST_CASE(several_names_after_a_crash_become_one)
{
    write("dovecot-uidvalidity.00000005", "");
    write("dovecot-uidvalidity.00000009", "");
    BOOST_TEST(next_uid_validity(fd(), 1).value() == 10U);
    BOOST_TEST(names(".") == "dovecot-uidvalidity dovecot-uidvalidity.0000000a");
}

BOOST_AUTO_TEST_CASE(garbage_is_no_number)
{
    write("dovecot-uidvalidity", "zebra");
    write("dovecot-uidvalidity.x", "");
    BOOST_TEST(next_uid_validity(fd(), 7).value() == 7U);
    BOOST_TEST(read("dovecot-uidvalidity") == "00000007");
    BOOST_TEST(has("dovecot-uidvalidity.x"));
}

BOOST_AUTO_TEST_CASE(there_is_a_largest_and_0_is_none)
{
    BOOST_TEST(next_uid_validity(fd(), 0).value() == 1U);
    BOOST_TEST(note_uid_validity(fd(), 0xffffffff).has_value());
    BOOST_TEST((next_uid_validity(fd(), 1).error().code == Errc::Limit));
}

BOOST_AUTO_TEST_CASE(what_others_gave_is_noted_and_never_lowers)
{
    BOOST_TEST(note_uid_validity(fd(), 500).has_value());
    BOOST_TEST(note_uid_validity(fd(), 400).has_value());
    BOOST_TEST(next_uid_validity(fd(), 1).value() == 501U);
}

BOOST_AUTO_TEST_SUITE_END()
