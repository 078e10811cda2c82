// SPDX-License-Identifier: ISC
#include "maildir/tree.h"

#include <string>
#include <vector>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "temporary.h"

namespace {

using base::Errc;
using maildir::Tree;
using maildir_test::Temporary;
using Names = std::vector<std::string>;

struct Fixture {
    Temporary root;
    Tree tree = Tree::open_or_create(root.path()).value();
    void create(std::initializer_list<const char*> names) const
    {
        for (const char* name : names)
            BOOST_REQUIRE(tree.create(name).has_value());
    }
};

const std::string longest(254, 'x');

} // namespace

BOOST_FIXTURE_TEST_SUITE(tree, Fixture)

BOOST_AUTO_TEST_CASE(makes_a_maildir_with_the_directories_above_it)
{
    const auto made = Tree::open_or_create(root.path() + "/a/b/Maildir");
    BOOST_REQUIRE(made.has_value());
    BOOST_TEST(root.names("a/b/Maildir") == "cur new tmp");
    BOOST_TEST(Tree::open_or_create(root.path() + "/a/b/Maildir/").has_value());
    BOOST_TEST(Tree::open_or_create(root.path() + "/c/").has_value());
    BOOST_TEST(root.names("c") == "cur new tmp");
}

BOOST_AUTO_TEST_CASE(opens_only_what_is_there)
{
    BOOST_TEST((Tree::open(root.path() + "/none").error().code == Errc::NotFound));
    root.write("file", "");
    BOOST_TEST(
        (Tree::open_or_create(root.path() + "/file").error().code == Errc::Cannot));
    BOOST_TEST(
        (Tree::open_or_create(root.path() + "/file/x").error().code == Errc::Cannot));
}

BOOST_AUTO_TEST_CASE(lists_folders_and_nothing_else)
{
    create({"Sent", "A.B", "A"});
    root.make_directory(".git");
    root.make_directory(".X..Y");
    root.make_directory(".X..Y/cur");
    root.write(".hidden", "");
    root.make_directory("visible");
    root.make_directory("visible/cur");
    root.make_directory(".half");
    root.make_directory(".half/new"); // without cur, yet a folder
    BOOST_TEST((tree.list().value() == Names{"", "A", "A.B", "Sent", "half"}));
    BOOST_TEST(tree.exists(""));
    BOOST_TEST(tree.exists("A.B"));
    BOOST_TEST(!tree.exists("git"));
    BOOST_TEST(!tree.exists("../x"));
    BOOST_TEST(tree.folder("A.B").has_value());
    BOOST_TEST((tree.folder("B").error().code == Errc::NotFound));
    BOOST_TEST((tree.folder("../x").error().code == Errc::NotFound));
}

BOOST_AUTO_TEST_CASE(creates_once)
{
    create({"A.B"});
    BOOST_TEST(root.names(".A.B") == "cur maildirfolder new tmp");
    BOOST_TEST(!tree.exists("A")); // Maildir++ needs no parent
    BOOST_TEST((tree.create("A.B").error().code == Errc::Exists));
    BOOST_TEST((tree.create("").error().code == Errc::Exists));
    BOOST_TEST(tree.create(longest).has_value());
}

const std::string refused[] = {".",
                               ".a",
                               "a.",
                               "a..b",
                               "a/b",
                               "../a",
                               "a\nb",
                               "a\tb",
                               "\x7f"
                               "delete",
                               "..",
                               longest + "x"};

BOOST_DATA_TEST_CASE(names_that_cannot_be_stored, refused)
{
    BOOST_TEST(!Tree::is_valid(sample));
    const auto folder = tree.create(sample);
    BOOST_REQUIRE(!folder);
    BOOST_TEST((folder.error().code == Errc::Cannot));
    BOOST_TEST((tree.list().value() == Names{""}));
}

BOOST_AUTO_TEST_CASE(removes_a_folder_with_its_mail_but_not_its_children)
{
    create({"A", "A.B"});
    root.write(".A/cur/m:2,S", "x");
    root.make_directory(".A/courierimapkeywords");
    root.write(".A/courierimapkeywords/:list", "x");
    BOOST_TEST(tree.remove("A").has_value());
    BOOST_TEST((tree.list().value() == Names{"", "A.B"}));
    BOOST_TEST(root.names(".") == ".A.B cur new tmp");
    BOOST_TEST((tree.remove("A").error().code == Errc::NotFound));
    BOOST_TEST((tree.remove("").error().code == Errc::Cannot));
}

BOOST_AUTO_TEST_CASE(removing_follows_no_link)
{
    create({"A"});
    root.make_directory("precious");
    root.write("precious/file", "x");
    BOOST_REQUIRE(::symlinkat("../../precious", root.fd(), ".A/cur/link") == 0);
    BOOST_REQUIRE(::symlinkat("precious", root.fd(), ".B") == 0);
    root.make_directory("precious/cur");
    BOOST_TEST(tree.exists("B"));
    BOOST_TEST(tree.remove("A").has_value());
    BOOST_TEST(tree.remove("B").has_value());
    BOOST_TEST(root.names("precious") == "cur file");
}

BOOST_AUTO_TEST_CASE(finishes_a_removal_that_was_interrupted)
{
    create({"A"});
    BOOST_REQUIRE(::renameat(root.fd(), ".A", root.fd(), "..removed.12") == 0);
    BOOST_TEST((tree.list().value() == Names{""}));
    BOOST_TEST(tree.finish_removals().has_value());
    BOOST_TEST(root.names(".") == "cur new tmp");
}

BOOST_AUTO_TEST_CASE(knows_a_folder_that_was_removed_from_one_that_was_renamed)
{
    create({"A", "B"});
    const auto inbox = tree.folder("");
    const auto a = tree.folder("A");
    const auto b = tree.folder("B");
    BOOST_TEST(!tree.has_lost(*inbox, ""));
    BOOST_TEST(!tree.has_lost(*a, "A"));
    BOOST_TEST(tree.rename("A", "C").has_value());
    BOOST_TEST(!tree.has_lost(*a, "A"));
    BOOST_TEST(tree.hide("B").has_value());
    BOOST_TEST(tree.has_lost(*b, "B"));
    create({"B"}); // another one
    BOOST_TEST(tree.has_lost(*b, "B"));
    BOOST_TEST(tree.finish_removals().has_value());
    BOOST_TEST(tree.has_lost(*b, "B"));
}

BOOST_AUTO_TEST_CASE(renames_a_folder_with_those_below)
{
    create({"A", "A.B", "A.B.C", "AB"});
    root.write(".A.B/cur/m:2,S", "x");
    BOOST_TEST(tree.rename("A", "Z.Y").has_value());
    BOOST_TEST((tree.list().value() == Names{"", "AB", "Z.Y", "Z.Y.B", "Z.Y.B.C"}));
    BOOST_TEST(root.read(".Z.Y.B/cur/m:2,S") == "x");
}

BOOST_AUTO_TEST_CASE(renames_children_of_a_parent_that_is_not_there)
{
    create({"A.B"});
    BOOST_TEST(tree.rename("A", "Z").has_value());
    BOOST_TEST((tree.list().value() == Names{"", "Z.B"}));
}

BOOST_AUTO_TEST_CASE(renames_nothing_when_one_name_is_taken)
{
    create({"A", "A.B", "Z.B"});
    BOOST_TEST((tree.rename("A", "Z").error().code == Errc::Exists));
    BOOST_TEST((tree.rename("A", "A").error().code == Errc::Exists));
    BOOST_TEST((tree.rename("X", "Y").error().code == Errc::NotFound));
    BOOST_TEST((tree.rename("A", "a..b").error().code == Errc::Cannot));
    BOOST_TEST((tree.rename("A", std::string(253, 'x')).error().code == Errc::Cannot));
    BOOST_TEST((tree.rename("", "Y").error().code == Errc::Cannot));
    BOOST_TEST((tree.rename("A", "").error().code == Errc::Cannot));
    BOOST_TEST((tree.list().value() == Names{"", "A", "A.B", "Z.B"}));
}

BOOST_AUTO_TEST_CASE(a_rename_that_fails_half_way_is_taken_back)
{
    create({"A", "A.B"});
    root.make_directory(".Z.B"); // no folder, but in the way
    root.write(".Z.B/file", "");
    BOOST_TEST(!tree.rename("A", "Z"));
    BOOST_TEST((tree.list().value() == Names{"", "A", "A.B"}));
}

BOOST_AUTO_TEST_CASE(a_folder_can_move_below_itself)
{
    create({"A", "A.C"});
    BOOST_TEST(tree.rename("A", "A.B").has_value());
    BOOST_TEST((tree.list().value() == Names{"", "A.B", "A.B.C"}));
}

BOOST_AUTO_TEST_SUITE_END()
