// SPDX-License-Identifier: ISC
#include "deliver/lmtp_server.h"

#include <boost/test/unit_test.hpp>

#include "../maildir/temporary.h"

BOOST_AUTO_TEST_SUITE(lmtp_server)

// What it does once it listens is in the system tests.
BOOST_AUTO_TEST_CASE(a_socket_that_cannot_be_opened_is_an_error)
{
    const maildir_test::Temporary directory;
    config::Settings settings;
    for (const std::string& place : {directory.path() + "/nowhere/lmtp",
                                     directory.path() + std::string(200, 'x')}) {
        settings.lmtp.listen = {place};
        BOOST_TEST(!deliver::serve_lmtp(settings));
    }
    directory.write("file", "in the way");
    settings.lmtp.listen = {directory.path() + "/file"};
    BOOST_TEST(!deliver::serve_lmtp(settings));
    BOOST_TEST(directory.read("file") == "in the way");
}

BOOST_AUTO_TEST_SUITE_END()
