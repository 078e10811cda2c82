// SPDX-License-Identifier: ISC
#include "session/wire_flags.h"

#include <boost/test/unit_test.hpp>

namespace {

using imap::SystemFlag;

} // namespace

BOOST_AUTO_TEST_SUITE(wire_flags)

BOOST_AUTO_TEST_CASE(maildirs_letters_are_imaps_flags_but_for_passed)
{
    // D F P R S T
    const auto flags = imapd::wire_flags({1 | 2 | 4 | 8 | 16 | 32, 0}, {}, false);
    for (const auto flag :
         {SystemFlag::Draft, SystemFlag::Flagged, SystemFlag::Answered,
          SystemFlag::Seen, SystemFlag::Deleted})
        BOOST_TEST(flags.has(flag));
    BOOST_TEST(!flags.has(SystemFlag::Recent));
    BOOST_TEST(int{imapd::kept_flags(flags)} == (1 | 2 | 8 | 16 | 32));
    BOOST_TEST(imapd::wire_flags({}, {}, true).has(SystemFlag::Recent));
}

BOOST_AUTO_TEST_CASE(recent_is_not_kept)
{
    imap::Flags flags;
    flags.set(SystemFlag::Recent);
    flags.set(SystemFlag::Seen);
    BOOST_TEST(int{imapd::kept_flags(flags)} == 16);
}

BOOST_AUTO_TEST_CASE(keywords_have_names_that_imap_can_say)
{
    const std::vector<std::string> names = {"Work", "", "not an atom", "$Junk"};
    const auto flags = imapd::wire_flags({0, 0xf}, names, false);
    BOOST_TEST(flags.keywords.size() == 2U);
    BOOST_TEST(flags.has_keyword("work"));
    BOOST_TEST(flags.has_keyword("$Junk"));
    // A letter beyond the table has no name either.
    BOOST_TEST(imapd::wire_flags({0, 1U << 25}, names, false).keywords.empty());
}

BOOST_AUTO_TEST_CASE(a_list_of_all_flags_has_system_flags_first)
{
    const std::string system = "(\\Answered \\Flagged \\Deleted \\Seen \\Draft";
    BOOST_TEST(imapd::flag_list({}) == system + ")");
    BOOST_TEST(imapd::flag_list({"Work", "", "not an atom", "$Junk"}, " \\*") ==
               system + " Work $Junk \\*)");
}

BOOST_AUTO_TEST_SUITE_END()
