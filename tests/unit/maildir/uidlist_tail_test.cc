// SPDX-License-Identifier: ISC
#include "maildir/uidlist_tail.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "temporary.h"

namespace {

using base::Errc;
using maildir::append_uid_lines;
using maildir::UidList;
using maildir_test::Temporary;
using Lines = std::vector<UidList::Line>;

constexpr const char* file = "dovecot-uidlist";
const std::string one = "3 V1700000000 N1\n1 :a.h\n";

} // namespace

BOOST_AUTO_TEST_SUITE(uidlist_tail)

BOOST_AUTO_TEST_CASE(appends_to_the_list_it_is_told_of_and_to_no_other)
{
    const Temporary folder;
    folder.write(file, one);
    const auto known = UidList::load(folder.fd())->stamp();
    const auto now =
        append_uid_lines(folder.fd(), known, Lines{{2, "b.h"}, {3, "c.h", "W5"}});
    BOOST_REQUIRE(now.has_value());
    BOOST_TEST(folder.read(file) == one + "2 :b.h\n3 W5 :c.h\n");
    BOOST_TEST((UidList::load(folder.fd())->stamp() == *now));

    const auto again = append_uid_lines(folder.fd(), known, Lines{{2, "x.h"}});
    BOOST_REQUIRE(!again);
    BOOST_TEST((again.error().code == Errc::Busy));
    BOOST_TEST(append_uid_lines(folder.fd(), *now, Lines{{4, "d.h"}}).has_value());
}

BOOST_AUTO_TEST_CASE(leaves_a_missing_or_torn_list_to_others)
{
    const Temporary folder;
    const auto missing = append_uid_lines(folder.fd(), {}, Lines{{1, "a.h"}});
    BOOST_TEST((missing.error().code == Errc::Busy));
    folder.write(file, one + "2 :to");
    const auto known = UidList::load(folder.fd())->stamp();
    const auto torn = append_uid_lines(folder.fd(), known, Lines{{2, "b.h"}});
    BOOST_TEST((torn.error().code == Errc::Busy));
    BOOST_TEST(folder.read(file) == one + "2 :to");
}

BOOST_AUTO_TEST_CASE(a_line_feed_in_a_file_name_makes_no_line_of_its_own)
{
    const Temporary folder;
    folder.write(file, one);
    const auto known = UidList::load(folder.fd())->stamp();
    const auto refused = append_uid_lines(folder.fd(), known, Lines{{2, "b\n9 :c"}});
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == Errc::Cannot));
    BOOST_TEST(folder.read(file) == one);
}

BOOST_AUTO_TEST_SUITE_END()
