// SPDX-License-Identifier: ISC
#include "io/output.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "io/disconnected.h"
#include "io/fake_clock.h"
#include "io/socket_pair.h"

namespace {

using io::Disconnected;
using io::Output;

/// Every look at it takes a minute: the patience of a write is soon at its end.
class HastyClock final : public base::Clock {
public:
    std::int64_t wall_us() const override { return 0; }
    std::int64_t steady_us() const override { return now_us_ += 60'000'000; }

private:
    mutable std::int64_t now_us_ = 0;
};

/// Takes nothing, and is always said to be ready for more.
class StubbornStream final : public io::Stream {
public:
    explicit StubbornStream(int fd) : fd_(fd) {}
    std::optional<std::size_t> read(std::span<char>) override { return std::nullopt; }
    std::size_t write(std::string_view) override { return 0; }
    int read_fd() const override { return fd_; }
    int write_fd() const override { return fd_; }

private:
    int fd_;
};

std::string received(int fd)
{
    char buffer[256];
    const ssize_t n = ::recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    return {buffer, n > 0 ? static_cast<std::size_t>(n) : 0};
}

} // namespace

BOOST_AUTO_TEST_SUITE(output)

BOOST_AUTO_TEST_CASE(sends_nothing_before_it_is_flushed)
{
    const SocketPair pair;
    const FakeClock clock;
    io::Wait wait(clock);
    io::FdStream stream(pair.ours.get(), pair.ours.get());
    Output out(stream, wait);
    out.write("* OK ");
    out.write("hello\r\n");
    BOOST_TEST(received(pair.theirs.get()).empty());
    BOOST_TEST(!out.empty());
    out.flush();
    BOOST_TEST(received(pair.theirs.get()) == "* OK hello\r\n");
    BOOST_TEST(out.empty());
    BOOST_TEST(out.written() == 12U);
    out.release();
    out.write("x");
    out.discard();
    out.flush();
    BOOST_TEST(received(pair.theirs.get()).empty());
}

BOOST_AUTO_TEST_CASE(sends_what_is_taken_and_keeps_the_rest_in_order)
{
    const SocketPair pair;
    const FakeClock clock;
    io::Wait wait(clock);
    const int small = 4096;
    ::setsockopt(pair.ours.get(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    io::FdStream stream(pair.ours.get(), pair.ours.get());
    Output out(stream, wait);
    std::string sent;
    for (int i = 0; sent.size() < Output::high_water - 16; ++i)
        sent += std::to_string(i) + ' ';
    out.write(sent);
    BOOST_TEST(!out.try_flush());
    std::string got;
    while (!out.try_flush() || got.size() < sent.size()) {
        const std::string more = received(pair.theirs.get());
        BOOST_REQUIRE(!more.empty());
        got += more;
    }
    BOOST_TEST((got == sent));
}

BOOST_AUTO_TEST_CASE(a_client_that_takes_nothing_is_gone)
{
    const SocketPair pair;
    const HastyClock clock;
    io::Wait wait(clock);
    StubbornStream stream(pair.ours.get());
    Output out(stream, wait);
    out.write("x");
    BOOST_CHECK_EXCEPTION(out.flush(), Disconnected, [](const Disconnected& d) {
        return d.reason == Disconnected::Reason::TimedOut;
    });
}

BOOST_AUTO_TEST_CASE(nobody_is_waited_for_beyond_the_bounds)
{
    using Reason = Disconnected::Reason;
    const SocketPair pair;
    FakeClock clock;
    io::Wait wait(clock);
    StubbornStream stream(pair.ours.get());
    Output out(stream, wait);
    volatile std::sig_atomic_t stop = 0;
    out.set_bounds(io::Deadline::after_ms(clock, 0), stop);
    out.write("x");
    BOOST_CHECK_EXCEPTION(out.flush(), Disconnected, [](const Disconnected& d) {
        return d.reason == Reason::TimedOut;
    });
    out.set_bounds(io::Deadline::never(), stop);
    stop = 1;
    BOOST_CHECK_EXCEPTION(out.flush(), Disconnected, [](const Disconnected& d) {
        return d.reason == Reason::Stopped;
    });
}

BOOST_AUTO_TEST_CASE(a_full_buffer_flushes_itself)
{
    SocketPair pair;
    const FakeClock clock;
    io::Wait wait(clock);
    io::FdStream stream(pair.ours.get(), pair.ours.get());
    Output out(stream, wait);
    pair.theirs.reset();
    BOOST_CHECK_EXCEPTION(out.write(std::string(Output::high_water, 'x')), Disconnected,
                          [](const Disconnected& d) {
                              return d.reason == Disconnected::Reason::Unheard;
                          });
}

BOOST_AUTO_TEST_CASE(what_is_written_to_a_client_that_has_gone_goes_nowhere)
{
    SocketPair pair;
    const FakeClock clock;
    io::Wait wait(clock);
    io::FdStream stream(pair.ours.get(), pair.ours.get());
    Output out(stream, wait);
    pair.theirs.reset();
    BOOST_TEST(out.is_heard());
    for (int i = 0; i < 3; ++i) {
        out.write("a OK APPEND completed\r\n");
        out.flush();
        BOOST_TEST(!out.is_heard());
        BOOST_TEST(out.empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()
