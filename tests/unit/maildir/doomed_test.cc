// SPDX-License-Identifier: ISC
#include "maildir/doomed.h"

#include <boost/test/unit_test.hpp>

#include "temporary.h"

namespace {

using maildir::Folder;
using maildir_test::Temporary;

struct Fixture {
    Temporary root;
    Folder folder = Folder::create(root.fd(), "").value();
    Fixture()
    {
        for (const char* name : {"new/1.a.h", "cur/2.a.h:2,", "cur/3.a.h:2,S"})
            root.write(name, "x");
    }
    std::string left() const { return root.names("new") + '|' + root.names("cur"); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(doomed, Fixture)

BOOST_AUTO_TEST_CASE(whoever_takes_the_lock_removes_it)
{
    BOOST_REQUIRE(maildir::doom(folder, {"1.a.h", "3.a.h", "9.not.there"}));
    BOOST_TEST(left() == "1.a.h|2.a.h:2, 3.a.h:2,S");
    BOOST_REQUIRE(folder.lock());
    BOOST_TEST(left() == "|2.a.h:2,");
    BOOST_TEST(root.names(".").find(maildir::doomed_file) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(also_if_its_flags_have_changed)
{
    BOOST_REQUIRE(maildir::doom(folder, {"2.a.h"}));
    BOOST_REQUIRE(folder.rename(maildir::Where::Cur, "2.a.h:2,", maildir::Where::Cur,
                                "2.a.h:2,FS"));
    BOOST_REQUIRE(maildir::remove_doomed(folder));
    BOOST_TEST(left() == "1.a.h|3.a.h:2,S");
}

BOOST_AUTO_TEST_CASE(what_is_spared_stays)
{
    BOOST_REQUIRE(maildir::doom(folder, {"1.a.h"}));
    BOOST_REQUIRE(maildir::spare(folder));
    BOOST_REQUIRE(maildir::spare(folder)); // nothing is doomed: all the same
    BOOST_REQUIRE(folder.lock());
    BOOST_TEST(left() == "1.a.h|2.a.h:2, 3.a.h:2,S");
}

BOOST_AUTO_TEST_CASE(a_torn_line_dooms_nothing)
{
    root.write(maildir::doomed_file, "3.a.h\n2.a.h");
    BOOST_REQUIRE(maildir::remove_doomed(folder));
    BOOST_TEST(left() == "1.a.h|2.a.h:2,");
    root.write(maildir::doomed_file, "");
    BOOST_REQUIRE(maildir::remove_doomed(folder));
    BOOST_TEST(left() == "1.a.h|2.a.h:2,");
}

BOOST_AUTO_TEST_SUITE_END()
