// SPDX-License-Identifier: ISC
#include "maildir/list_directory.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "temporary.h"

namespace {

using maildir_test::Temporary;

} // namespace

BOOST_AUTO_TEST_SUITE(list_directory)

BOOST_AUTO_TEST_CASE(lists_everything_but_the_two_dots_and_can_do_it_again)
{
    const Temporary root;
    BOOST_TEST(maildir::list_directory(root.fd())->empty());
    root.write(".hidden", "");
    root.make_directory("directory");
    for (int i = 0; i < 2; ++i)
        BOOST_TEST(maildir::list_directory(root.fd())->size() == 2U);
}

BOOST_AUTO_TEST_CASE(removes_trees_up_to_a_depth)
{
    const Temporary root;
    std::string path = "a";
    root.make_directory(path);
    for (int depth = 0; depth < 15; ++depth)
        root.make_directory(path += "/d");
    BOOST_TEST(maildir::remove_all(root.fd(), "a").has_value());
    BOOST_TEST(!root.has("a"));

    path = "b";
    root.make_directory(path);
    for (int depth = 0; depth < 17; ++depth)
        root.make_directory(path += "/d");
    const auto refused = maildir::remove_all(root.fd(), "b");
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == base::Errc::Limit));
    BOOST_TEST(maildir::remove_all(root.fd(), "b/d/d/d/d").has_value());
    BOOST_TEST(maildir::remove_all(root.fd(), "b").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
