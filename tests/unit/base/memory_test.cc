// SPDX-License-Identifier: ISC
#include "base/memory.h"

#include <cstddef>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace {

[[gnu::noinline]] char deep(std::size_t octets)
{
    auto* const room = static_cast<char*>(__builtin_alloca(octets));
    std::memset(room, 1, octets);
    return room[octets / 2];
}

BOOST_AUTO_TEST_SUITE(memory)

#if !defined(__SANITIZE_ADDRESS__)

/// Memory of our own in KiB.
std::size_t private_kib()
{
    std::ifstream file("/proc/self/smaps_rollup");
    std::string word;
    std::size_t kib = 0;
    while (file >> word) {
        if (word == "Private_Dirty:")
            file >> kib;
    }
    return kib;
}

BOOST_AUTO_TEST_CASE(gives_back_the_heap_below_what_is_in_use)
{
    std::vector<std::string> many(8192, std::string(1000, 'x'));
    const std::string last = std::move(many.back()); // above them all
    many.clear();
    const std::size_t before = private_kib();
    base::give_back_memory();
    BOOST_TEST(private_kib() + 6000 < before);
    BOOST_TEST(last == std::string(1000, 'x'));
}

BOOST_AUTO_TEST_CASE(gives_back_the_stack_below_the_caller)
{
    std::vector<char> mine(100, 'm');
    base::give_back_memory();
    BOOST_TEST(deep(400'000) == 1);
    const std::size_t before = private_kib();
    base::give_back_memory();
    BOOST_TEST(private_kib() + 300 < before);
    BOOST_TEST(mine == std::vector<char>(100, 'm'));
}

BOOST_AUTO_TEST_CASE(what_comes_after_the_holes_are_filled_is_in_one_piece)
{
    // Every other one of some hundred kilobytes.
    std::vector<std::unique_ptr<std::string>> many;
    for (int i = 0; i < 2000; ++i)
        many.push_back(std::make_unique<std::string>(200, 'x'));
    for (std::size_t i = 0; i < many.size(); i += 2)
        many[i].reset();
    base::fill_holes();
    std::vector<std::unique_ptr<std::string>> after;
    for (int i = 0; i < 20; ++i)
        after.push_back(std::make_unique<std::string>(200, 'y'));
    for (const auto& one : after) {
        const std::less<const void*> is_below;
        BOOST_TEST(is_below(many.back()->data(), one->data()));
    }
}

#endif

BOOST_AUTO_TEST_CASE(does_no_harm)
{
    const std::string text(100'000, 't');
    base::give_back_memory();
    base::fill_holes();
    base::give_back_memory();
    BOOST_TEST(text == std::string(100'000, 't'));
    BOOST_TEST(deep(10'000) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
