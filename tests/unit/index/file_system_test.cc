// SPDX-License-Identifier: ISC
#include "index/file_system.h"

#include <fcntl.h>

#include <boost/test/unit_test.hpp>

#include "base/unique_fd.h"

BOOST_AUTO_TEST_SUITE(file_system)

BOOST_AUTO_TEST_CASE(knows_those_that_the_network_is_behind)
{
    using indexing::unsuitable_file_system;
    BOOST_TEST(unsuitable_file_system(0x6969) == "NFS");
    BOOST_TEST(unsuitable_file_system(0x65735546) == "FUSE");
    BOOST_TEST(unsuitable_file_system(0xff534d42) == "CIFS");
    BOOST_TEST(unsuitable_file_system(0x00c36400) == "Ceph");
    BOOST_TEST(unsuitable_file_system(0xef53) == "");     // ext4
    BOOST_TEST(unsuitable_file_system(0x58465342) == ""); // XFS
    BOOST_TEST(unsuitable_file_system(0x9123683e) == ""); // btrfs
    BOOST_TEST(unsuitable_file_system(0x01021994) == ""); // tmpfs
}

BOOST_AUTO_TEST_CASE(takes_the_one_that_tests_run_on)
{
    const base::UniqueFd place(::open("/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC));
    BOOST_TEST(indexing::check_file_system(place.get(), "/tmp").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
