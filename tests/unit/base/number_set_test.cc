// SPDX-License-Identifier: ISC
#include "base/number_set.h"

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using base::NumberSet;

BOOST_AUTO_TEST_SUITE(number_set)

BOOST_AUTO_TEST_CASE(joins_what_touches_or_overlaps)
{
    NumberSet set;
    set.add(5);
    set.add(1, 2);
    set.add(3);
    BOOST_TEST(set.to_text() == "1:3,5");
    set.add(4);
    BOOST_TEST(set.to_text() == "1:5");
    set.add(9, 12);
    set.add(2, 10);
    BOOST_TEST(set.to_text() == "1:12");
    set.add(7, 6); // nothing
    BOOST_TEST(set.size() == 12u);
}

BOOST_AUTO_TEST_CASE(holds_the_largest_number)
{
    NumberSet set;
    set.add(4294967290, 4294967295);
    set.add(4294967289);
    BOOST_TEST(set.to_text() == "4294967289:4294967295");
    BOOST_TEST(set.contains(4294967295));
    set.remove(4294967295);
    BOOST_TEST(set.last() == 4294967294u);
}

BOOST_AUTO_TEST_CASE(does_what_a_set_of_numbers_does)
{
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        NumberSet a, b;
        std::set<std::uint32_t> x, y;
        for (int i = 0; i < 60; ++i) {
            const auto first = static_cast<std::uint32_t>(random() % 100 + 1);
            const auto last = static_cast<std::uint32_t>(first + random() % 6);
            NumberSet& set = random() % 2 ? a : b;
            auto& model = &set == &a ? x : y;
            const bool add = random() % 3 != 0;
            add ? set.add(first, last) : set.remove(first, last);
            for (std::uint32_t n = first; n <= last; ++n)
                add ? static_cast<void>(model.insert(n))
                    : static_cast<void>(model.erase(n));
        }
        const auto same = [](const NumberSet& set,
                             const std::set<std::uint32_t>& model) {
            BOOST_TEST(set.size() == model.size());
            BOOST_TEST(std::vector<std::uint32_t>(set.begin(), set.end()) ==
                           std::vector<std::uint32_t>(model.begin(), model.end()),
                       boost::test_tools::per_element());
            std::size_t index = 0;
            for (const std::uint32_t n : model) {
                BOOST_TEST(set.nth(index).value() == n);
                BOOST_TEST(set.rank(n) == index);
                BOOST_TEST(set.contains(n));
                ++index;
            }
            BOOST_TEST(!set.nth(index).has_value());
        };
        same(a, x);
        same(b, y);

        NumberSet sum = a, difference = a;
        sum.add(b);
        difference.remove(b);
        std::set<std::uint32_t> all = x, left, both;
        all.insert(y.begin(), y.end());
        for (const auto n : x)
            (y.count(n) ? both : left).insert(n);
        same(sum, all);
        same(difference, left);
        same(a.intersect(b), both);
        BOOST_TEST((a == b) == (x == y));
    }
}

BOOST_AUTO_TEST_CASE(is_taken_apart_in_batches)
{
    NumberSet set = {2, 3, 4, 7, 9};
    BOOST_TEST(set.take_first(0).empty());
    BOOST_TEST(set.take_first(2).to_text() == "2:3");
    BOOST_TEST(set.take_first(2).to_text() == "4,7");
    BOOST_TEST(set.to_text() == "9");
    BOOST_TEST(set.take_first(2).to_text() == "9");
    BOOST_TEST(set.empty());
    BOOST_TEST(set.take_first(1).empty());
}

BOOST_AUTO_TEST_CASE(ranks_numbers_that_are_not_in_it)
{
    const NumberSet set = {2, 3, 7};
    BOOST_TEST(set.rank(1) == 0u);
    BOOST_TEST(set.rank(5) == 2u);
    BOOST_TEST(set.rank(100) == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
