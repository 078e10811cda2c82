// SPDX-License-Identifier: ISC
#include "deliver/lmtp_data.h"

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using deliver::LmtpData;

struct Case {
    std::string wire;
    std::string stored;
    std::size_t taken; ///< 0: all, and no end
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.stored;
    }
};

/// What is stored when `wire` comes in pieces of `size`, with how much of it was taken.
std::pair<std::string, std::size_t> fed(LmtpData& data, std::string_view wire,
                                        std::size_t size)
{
    std::string out;
    std::size_t taken = 0;
    while (taken < wire.size() && !data.has_ended()) {
        const auto piece = wire.substr(taken, size);
        const auto n = data.feed(piece, out);
        taken += n;
        if (n < piece.size())
            break;
    }
    return {out, taken};
}

} // namespace

BOOST_AUTO_TEST_SUITE(lmtp_data)

const Case with_dots[] = {
    {".\r\n", "", 3},
    {"a\r\n.\r\nQUIT", "a\n", 6},
    {"a\r\n..\r\n.\r\n", "a\n.\n", 10},
    {"..a\r\n.\r\n", ".a\n", 8},
    {".a\r\n.\r\n", "a\n", 7}, // RFC 5321 §4.5.2: the first dot goes
    {".\ra\r\n.\r\n", "\ra\n", 8},
    {".\r\r\n.\r\n", "\r\n", 7},
    {"a\n.\nb\r\n.\r\n", "a\n.\nb\n", 10}, // no end: no smuggling
    {"a\n.\r\nb\r\n.\r\n", "a\n.\nb\n", 11},
    {"a\r.\r\n.\r\n", "a\r.\n", 8},
    {"a\r\r\n.\r\n", "a\r\n", 7},
    {std::string("a\0b\r\n.\r\n", 8), std::string("a\0b\n", 4), 8},
    {"a\r\n.", "a\n", 0},
    {"a\r\n.\r", "a\n", 0},
};

BOOST_DATA_TEST_CASE(dots_are_taken_off_however_it_is_cut, with_dots)
{
    for (std::size_t size = 1; size <= sample.wire.size(); ++size) {
        LmtpData data(LmtpData::Framing::Dots);
        const auto [out, taken] = fed(data, sample.wire, size);
        BOOST_TEST(out == sample.stored);
        BOOST_TEST(data.has_ended() == (sample.taken != 0));
        BOOST_TEST(taken == (sample.taken ? sample.taken : sample.wire.size()));
    }
}

BOOST_AUTO_TEST_CASE(chunks_have_no_dots)
{
    const std::string wire = ".\r\n..\r\n\ra\nb\r";
    for (std::size_t size = 1; size <= wire.size(); ++size) {
        LmtpData data(LmtpData::Framing::Chunks);
        auto [out, taken] = fed(data, wire, size);
        BOOST_TEST(taken == wire.size());
        data.finish(out);
        BOOST_TEST(out == ".\n..\n\ra\nb\r");
    }
}

BOOST_AUTO_TEST_SUITE_END()
