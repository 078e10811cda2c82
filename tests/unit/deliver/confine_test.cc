// SPDX-License-Identifier: ISC
#include "deliver/confine.h"

#include <cerrno>
#include <csignal>
#include <ostream>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace deliver {
std::ostream& operator<<(std::ostream& out, Confined who)
{
    return out << static_cast<int>(who);
}
} // namespace deliver

BOOST_AUTO_TEST_SUITE(confine)

const deliver::Confined both[] = {deliver::Confined::Examiner,
                                  deliver::Confined::Clerk};

BOOST_DATA_TEST_CASE(what_is_confined_can_read_and_write_and_no_more, both, who)
{
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const bool confined = deliver::confine(who);
        const bool harmless = ::open("/etc/passwd", O_RDONLY) < 0 &&
                              ::open("/tmp/x", O_WRONLY | O_CREAT, 0600) < 0 &&
                              ::socket(AF_INET, SOCK_STREAM, 0) < 0 && ::fork() < 0 &&
                              ::unlink("/nonexistent") < 0 && errno == EPERM &&
                              ::kill(::getppid(), 0) < 0 &&
                              // which has the kernel send signals
                              ::fcntl(ends[1], F_SETOWN, ::getppid()) < 0;
        static_cast<void>(!::write(ends[1], "x", 1));
        ::_exit(!confined ? 2 : harmless ? 0 : 1);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    if (!deliver::can_confine()) {
        BOOST_TEST(WEXITSTATUS(status) == 2);
        return;
    }
    char octet = 0;
    BOOST_TEST(::read(ends[0], &octet, 1) == 1);
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == 0);
    ::close(ends[0]);
    ::close(ends[1]);
}

BOOST_AUTO_TEST_SUITE_END()
