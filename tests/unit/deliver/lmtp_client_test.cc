// SPDX-License-Identifier: ISC
#include "deliver/lmtp_client.h"

#include <string>

#include <boost/test/unit_test.hpp>
#include <sys/socket.h>
#include <unistd.h>

BOOST_AUTO_TEST_SUITE(lmtp_client)

// With rights to lose it has a clerk: the system tests have root.
BOOST_AUTO_TEST_CASE(a_client_is_served_until_it_quits)
{
    int ends[2];
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const base::UniqueFd client(ends[0]);
    const std::string said = "LHLO me\r\nQUIT\r\n";
    BOOST_TEST(::write(client.get(), said.data(), said.size()) > 0);
    {
        deliver::LmtpClient served{base::UniqueFd(ends[1]),
                                   base::UniqueFd(::dup(ends[1]))};
        BOOST_TEST(served.peer() == "");
        deliver::serve(std::move(served), {}, config::Settings());
    }
    std::string heard;
    for (char octet = 0; ::read(client.get(), &octet, 1) == 1;)
        heard += octet;
    BOOST_TEST(heard.starts_with("220 " + deliver::host_name() + ' '));
    BOOST_TEST(heard.find("\r\n221 ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
