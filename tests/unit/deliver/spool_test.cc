// SPDX-License-Identifier: ISC
#include "deliver/spool.h"

#include <string>

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include "../maildir/temporary.h"

namespace {

using deliver::Spool;
using maildir_test::Temporary;

std::string all_of(const Spool& spool)
{
    std::string text;
    BOOST_TEST(spool
                   .read([&](std::string_view octets) {
                       text += octets;
                       return base::Status(base::Done{});
                   })
                   .has_value());
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(spool)

BOOST_AUTO_TEST_CASE(what_is_written_is_read_as_often_as_asked)
{
    const Temporary directory;
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, Spool::max_in_memory,
          Spool::max_in_memory + 1, 3 * Spool::max_in_memory}) {
        Spool spool(directory.path());
        std::string text;
        while (text.size() < size)
            text += std::to_string(text.size()) + ' ';
        text.resize(size);
        for (std::size_t at = 0; at < size; at += 7001)
            BOOST_TEST(spool.write(text.substr(at, 7001)).has_value());
        BOOST_TEST(spool.size() == size);
        BOOST_TEST((all_of(spool) == text));
        BOOST_TEST((all_of(spool) == text));
        BOOST_TEST(directory.names(".") == "");
    }
}

BOOST_AUTO_TEST_CASE(another_process_can_have_it)
{
    const Temporary directory;
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, 3 * Spool::max_in_memory}) {
        Spool spool(directory.path());
        BOOST_TEST(spool.write(std::string(size, 'x')).has_value());
        BOOST_TEST(spool.write("y").has_value());
        const auto file = spool.in_file();
        BOOST_REQUIRE(file.has_value());
        const auto other = Spool::of(base::UniqueFd(::dup(*file)));
        BOOST_REQUIRE(other.has_value());
        BOOST_TEST(other->size() == size + 1);
        BOOST_TEST((all_of(*other) == std::string(size, 'x') + 'y'));
        BOOST_TEST((all_of(spool) == std::string(size, 'x') + 'y'));
        BOOST_TEST(::ftruncate(*file, static_cast<off_t>(size)) == 0);
        BOOST_TEST(!other->read([](std::string_view) { return base::Done{}; }));
    }
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    const base::UniqueFd write_end(ends[1]);
    BOOST_TEST(!Spool::of(base::UniqueFd(ends[0])));
}

BOOST_AUTO_TEST_CASE(a_reader_can_stop)
{
    Spool spool("/nonexistent");
    BOOST_TEST(spool.write("x").has_value());
    const base::Error full{base::Errc::NoSpace, "full", 0};
    const auto done = spool.read([&](std::string_view) { return base::Status(full); });
    BOOST_REQUIRE(!done);
    BOOST_TEST(done.error().text == "full");
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_not_there_matters_to_large_ones_only)
{
    Spool spool("/nonexistent");
    BOOST_TEST(spool.write(std::string(Spool::max_in_memory, 'x')).has_value());
    BOOST_TEST(!spool.write("x"));
}

BOOST_AUTO_TEST_SUITE_END()
