// SPDX-License-Identifier: ISC
#include "maildir/rename.h"

#include <cerrno>

#include <boost/test/unit_test.hpp>

#include "temporary.h"

namespace {

using maildir::rename_if_free;
using maildir_test::Temporary;

} // namespace

BOOST_AUTO_TEST_SUITE(renaming)

BOOST_AUTO_TEST_CASE(renames_files_and_directories_but_replaces_neither)
{
    const Temporary root;
    const int fd = root.fd();
    root.write("a", "1");
    root.write("b", "2");
    root.make_directory("c");
    root.make_directory("d");
    for (const auto& [from, to] : {std::pair{"a", "b"}, {"c", "d"}, {"a", "d"}}) {
        BOOST_TEST(rename_if_free(fd, from, fd, to) == -1);
        BOOST_TEST(errno == EEXIST);
    }
    BOOST_TEST(rename_if_free(fd, "a", fd, "d/a") == 0);
    BOOST_TEST(rename_if_free(fd, "d", fd, "e") == 0);
    BOOST_TEST(root.read("e/a") == "1");
    BOOST_TEST(rename_if_free(fd, "none", fd, "x") == -1);
    BOOST_TEST(errno == ENOENT);
}

BOOST_AUTO_TEST_SUITE_END()
