// SPDX-License-Identifier: ISC
#include "io/input.h"

#include <string>
#include <string_view>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "base/clock.h"
#include "io/socket_pair.h"

namespace {

using io::Deadline;
using io::FdStream;
using io::Input;
using Fill = io::Input::Fill;

struct Connection {
    void send(std::string_view bytes) const
    {
        BOOST_REQUIRE(::write(pair.theirs.get(), bytes.data(), bytes.size()) ==
                      static_cast<ssize_t>(bytes.size()));
    }
    SocketPair pair;
    FdStream stream{pair.ours.get(), pair.ours.get()};
    Input input{stream};
    base::SystemClock clock;
    io::Wait wait{clock};
};

} // namespace

BOOST_AUTO_TEST_SUITE(input)

BOOST_AUTO_TEST_CASE(keeps_what_was_not_consumed)
{
    Connection c;
    BOOST_TEST((c.input.poll() == Fill::Timeout));
    c.send("abc");
    BOOST_TEST((c.input.fill(c.wait, Deadline::never()) == Fill::Data));
    c.input.consume(1);
    BOOST_TEST(c.input.buffered() == "bc");
    c.send("de");
    BOOST_TEST((c.input.poll() == Fill::Data));
    BOOST_TEST(c.input.buffered() == "bcde");
    c.input.consume(4);
    BOOST_TEST(c.input.buffered().empty());
    c.input.release();
    c.send("f");
    BOOST_TEST((c.input.poll() == Fill::Data));
    BOOST_TEST(c.input.buffered() == "f");
}

BOOST_AUTO_TEST_CASE(preloaded_bytes_come_first)
{
    Connection c;
    c.send("three");
    BOOST_TEST((c.input.poll() == Fill::Data));
    c.input.consume(1);
    c.input.preload("one two t");
    BOOST_TEST(c.input.buffered() == "one two three");
    c.input.release(); // holds something: nothing is given back
    BOOST_TEST(c.input.buffered() == "one two three");
}

BOOST_AUTO_TEST_CASE(tells_the_end_and_the_deadline_apart)
{
    Connection c;
    BOOST_TEST((c.input.fill(c.wait, Deadline::after_ms(c.clock, 1)) == Fill::Timeout));
    c.pair.theirs.reset();
    BOOST_TEST((c.input.fill(c.wait, Deadline::never()) == Fill::End));
}

BOOST_AUTO_TEST_CASE(what_nobody_consumes_has_a_bound)
{
    Connection c;
    const std::string block(Input::read_size, 'x');
    for (std::size_t sent = 0; sent < Input::max_buffered; sent += block.size()) {
        c.send(block);
        BOOST_TEST((c.input.poll() == Fill::Data));
    }
    c.send("y");
    BOOST_TEST((c.input.poll() == Fill::Full));
    BOOST_TEST(c.input.buffered().size() == Input::max_buffered);
    c.input.consume(Input::max_buffered);
    BOOST_TEST((c.input.poll() == Fill::Data));
    BOOST_TEST(c.input.buffered() == "y");
}

BOOST_AUTO_TEST_SUITE_END()
