// SPDX-License-Identifier: ISC
#include "maildir/special_use.h"

#include <boost/test/unit_test.hpp>

#include "temporary.h"

namespace {

using maildir::SpecialUse;
using maildir::SpecialUseFile;
using maildir_test::Temporary;

constexpr const char* comment =
    "# What folders are for, as mail programs have set it: see imapd.conf(5)\n";

} // namespace

BOOST_FIXTURE_TEST_SUITE(special_use, Temporary)

BOOST_AUTO_TEST_CASE(attributes_are_read_in_any_case)
{
    BOOST_TEST((maildir::special_use_of("\\sENT") == SpecialUse::Sent));
    BOOST_TEST((maildir::special_use_of("\\Junk") == SpecialUse::Junk));
    for (const char* const other :
         {"\\All", "\\Flagged", "\\Important", "Sent", "", "\\"})
        BOOST_TEST(!maildir::special_use_of(other).has_value(), other);
    for (const SpecialUse use : maildir::special_uses)
        BOOST_TEST((maildir::special_use_of(maildir::attribute_of(use)) == use));
}

BOOST_AUTO_TEST_CASE(reads_lines_and_keeps_what_it_does_not_understand)
{
    const auto file = SpecialUseFile::parse("# mine\n\\Sent Sent Messages\n\\All x\n"
                                            "\\Trash a..b\n\\sent Gesendet\n\\Junk");
    BOOST_TEST(file.folders().size() == 1U);
    BOOST_TEST(file.folders().at(SpecialUse::Sent) == "Gesendet");
    BOOST_TEST(file.to_text() == std::string(comment) +
                                     "# mine\n\\All x\n\\Trash a..b\n\\Junk\n"
                                     "\\Sent Gesendet\n");
    BOOST_TEST(SpecialUseFile::parse(file.to_text()).to_text() == file.to_text());
}

BOOST_AUTO_TEST_CASE(a_use_moves_to_the_folder_that_got_it_last)
{
    const SpecialUse both[] = {SpecialUse::Drafts, SpecialUse::Sent};
    const SpecialUse sent[] = {SpecialUse::Sent};
    BOOST_TEST(SpecialUseFile::assign(fd(), "MySpecial", both).has_value());
    BOOST_TEST(SpecialUseFile::assign(fd(), "Out", sent).has_value());
    BOOST_TEST(read("avocet-special-use") ==
               std::string(comment) + "\\Drafts MySpecial\n\\Sent Out\n");
}

BOOST_AUTO_TEST_CASE(follows_a_folder_that_is_renamed_or_removed)
{
    write("avocet-special-use", "\\Sent A.B\n\\Drafts A\n\\Trash AB\n");
    BOOST_TEST(SpecialUseFile::rename(fd(), "A", "C.D").has_value());
    auto file = SpecialUseFile::load(fd()).value();
    BOOST_TEST(file.folders().at(SpecialUse::Sent) == "C.D.B");
    BOOST_TEST(file.folders().at(SpecialUse::Drafts) == "C.D");
    BOOST_TEST(file.folders().at(SpecialUse::Trash) == "AB");
    BOOST_TEST(SpecialUseFile::forget(fd(), "C.D").has_value());
    file = SpecialUseFile::load(fd()).value();
    BOOST_TEST(file.folders().size() == 2U);
    BOOST_TEST(file.folders().at(SpecialUse::Sent) == "C.D.B");
}

BOOST_AUTO_TEST_CASE(nothing_is_written_where_there_is_nothing_to_change)
{
    BOOST_TEST(SpecialUseFile::forget(fd(), "A").has_value());
    BOOST_TEST(SpecialUseFile::rename(fd(), "A", "B").has_value());
    BOOST_TEST(SpecialUseFile::assign(fd(), "A", {}).has_value());
    BOOST_TEST(!has("avocet-special-use"));
}

BOOST_AUTO_TEST_SUITE_END()
