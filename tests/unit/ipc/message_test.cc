// SPDX-License-Identifier: ISC
#include "ipc/message.h"

#include <cstdint>
#include <string>

#include <boost/test/unit_test.hpp>

using ipc::MessageReader;
using ipc::MessageWriter;

BOOST_AUTO_TEST_SUITE(message)

BOOST_AUTO_TEST_CASE(what_goes_in_comes_out)
{
    const std::string octets("a\0b", 3);
    MessageWriter out;
    out.number(0).text("").number(UINT64_MAX).text(octets);
    const std::string bytes = out.take();

    MessageReader in(bytes);
    BOOST_TEST(in.number() == 0u);
    BOOST_TEST(in.text(0).empty());
    BOOST_TEST(in.number() == UINT64_MAX);
    BOOST_TEST(in.text(3) == octets);
    BOOST_TEST(in.end().has_value());
}

BOOST_AUTO_TEST_CASE(every_cut_is_seen)
{
    MessageWriter out;
    out.number(7).text("text");
    const std::string bytes = out.take();
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        MessageReader in(std::string_view(bytes).substr(0, n));
        static_cast<void>(in.number());
        BOOST_TEST(in.text(100).empty());
        BOOST_TEST(!in.end());
    }
}

BOOST_AUTO_TEST_CASE(what_is_left_is_seen)
{
    MessageWriter out;
    const std::string bytes = out.number(7).take() + "x";
    MessageReader in(bytes);
    BOOST_TEST(in.number() == 7u);
    BOOST_TEST(!in.end());
}

BOOST_AUTO_TEST_CASE(a_text_past_its_bound_is_none)
{
    MessageWriter out;
    const std::string bytes = out.text("12345").take();
    MessageReader at_bound(bytes);
    BOOST_TEST(at_bound.text(5) == "12345");
    MessageReader beyond(bytes);
    BOOST_TEST(beyond.text(4).empty());
    BOOST_TEST(!beyond.end());
}

BOOST_AUTO_TEST_CASE(a_length_that_lies_harms_nobody)
{
    MessageWriter out;
    const std::string bytes = out.number(UINT64_MAX).take();
    MessageReader in(bytes);
    BOOST_TEST(in.text(SIZE_MAX).empty());
    BOOST_TEST(!in.end());
}

BOOST_AUTO_TEST_CASE(numbers_have_bounds)
{
    MessageWriter out;
    const std::string bytes = out.number(3).number(3).take();
    MessageReader in(bytes);
    BOOST_TEST(in.number(3) == 3u);
    BOOST_TEST(in.number(2) == 0u);
    BOOST_TEST(!in.end());
}

BOOST_AUTO_TEST_CASE(after_a_failure_nothing_is_read)
{
    MessageWriter out;
    const std::string bytes = out.number(9).number(5).take();
    MessageReader in(bytes);
    in.expect(8);
    BOOST_TEST(in.number() == 0u);
    BOOST_TEST(!in.end());
}

BOOST_AUTO_TEST_SUITE_END()
