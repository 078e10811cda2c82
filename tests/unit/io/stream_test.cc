// SPDX-License-Identifier: ISC
#include "io/stream.h"

#include <csignal>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "io/disconnected.h"
#include "io/socket_pair.h"

namespace {

using io::FdStream;

/// Writes until nothing more is taken; how much that was.
std::size_t fill_up(FdStream& stream)
{
    const std::string block(8192, 'x');
    std::size_t total = 0;
    for (;;) {
        const std::size_t n = stream.write(block);
        if (n == 0)
            return total;
        total += n;
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(stream)

BOOST_AUTO_TEST_CASE(reads_what_is_there_and_never_waits)
{
    SocketPair pair; // blocking descriptors, as inetd passes them
    FdStream stream(pair.ours.get(), pair.ours.get());
    char buffer[16];
    BOOST_TEST(!stream.read(buffer).has_value());
    BOOST_REQUIRE(::write(pair.theirs.get(), "hello", 5) == 5);
    BOOST_TEST(stream.read(buffer).value() == 5U);
    BOOST_TEST((std::string_view(buffer, 5) == "hello"));
    pair.theirs.reset();
    BOOST_TEST(stream.read(buffer).value() == 0U);
}

BOOST_AUTO_TEST_CASE(writes_what_is_taken_and_never_waits)
{
    const SocketPair pair;
    FdStream stream(pair.ours.get(), pair.ours.get());
    BOOST_TEST(fill_up(stream) > 0U);
    BOOST_TEST(stream.write("x") == 0U);
}

BOOST_AUTO_TEST_CASE(pipes_do_as_well)
{
    int ends[2] = {-1, -1};
    BOOST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const base::UniqueFd read_end(ends[0]);
    const base::UniqueFd write_end(ends[1]);
    FdStream stream(read_end.get(), write_end.get());
    char buffer[8192];
    BOOST_TEST(!stream.read(buffer).has_value());
    BOOST_TEST(fill_up(stream) > 0U);
    BOOST_TEST(stream.read(buffer).value() > 0U);
}

BOOST_AUTO_TEST_CASE(a_client_that_is_gone_is_told_without_a_signal)
{
    SocketPair pair;
    FdStream stream(pair.ours.get(), pair.ours.get());
    pair.theirs.reset();
    BOOST_CHECK_EXCEPTION(static_cast<void>(stream.write("x")), io::Disconnected,
                          [](const io::Disconnected& d) {
                              return d.reason == io::Disconnected::Reason::Closed;
                          });
}

BOOST_AUTO_TEST_CASE(a_reset_is_a_failure_to_read)
{
    SocketPair pair;
    FdStream stream(pair.ours.get(), pair.ours.get());
    // Closing with octets unread resets the other side.
    BOOST_REQUIRE(::write(pair.ours.get(), "x", 1) == 1);
    pair.theirs.reset();
    char buffer[16];
    BOOST_CHECK_THROW(static_cast<void>(stream.read(buffer)), io::Disconnected);
}

BOOST_AUTO_TEST_SUITE_END()
