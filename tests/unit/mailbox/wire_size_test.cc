// SPDX-License-Identifier: ISC
#include "mailbox/wire_size.h"

#include <ostream>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <sys/mman.h>

#include "base/unique_fd.h"
#include "io/file.h"

namespace {

struct Case {
    std::string_view octets;
    std::uint64_t wire_octets;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.octets;
    }
};

std::uint64_t counted(std::string_view octets)
{
    const base::UniqueFd fd(::memfd_create("message", MFD_CLOEXEC));
    BOOST_REQUIRE(io::write_all(fd.get(), octets));
    return mailbox::count_wire_octets(fd.get()).value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_size)

const Case messages[] = {
    {"", 0},         {"a\n\nb\n", 8}, {"a\r\n\r\nb\r\n", 8},
    {"a\r\n\nb", 6}, {"a\rb", 3},     {"\n", 2},
};

BOOST_DATA_TEST_CASE(counts_each_bare_line_feed_twice, messages)
{
    BOOST_TEST(counted(sample.octets) == sample.wire_octets);
}

BOOST_AUTO_TEST_CASE(a_line_end_may_lie_across_two_reads)
{
    for (const std::size_t before : {65534u, 65535u, 65536u}) {
        const std::string line(before, 'x');
        BOOST_TEST(counted(line + "\r\n") == before + 2);
        BOOST_TEST(counted(line + "\n") == before + 2);
    }
}

BOOST_AUTO_TEST_SUITE_END()
