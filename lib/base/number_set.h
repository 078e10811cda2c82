// SPDX-License-Identifier: ISC
/// \file
/// Sets of message numbers, kept as ranges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace base {

/// A set of numbers 1 … 2^32-1, kept as sorted ranges that neither touch nor
/// overlap, so that a mailbox of 100,000 messages without holes takes 8 octets.
///
/// Every range also knows how many numbers stand before it: `nth` and `rank`,
/// which turn sequence numbers into UIDs and back, are O(log ranges). Changes in
/// the middle are O(ranges); adding at the end is O(1).
class NumberSet {
public:
    using Number = std::uint32_t;

    /// `first` … `last`, both included.
    struct Range {
        Number first;
        Number last;
        std::size_t size() const { return std::size_t{last} - first + 1; }
        bool operator==(const Range&) const = default;
    };

    NumberSet() = default;
    NumberSet(std::initializer_list<Number> numbers)
    {
        for (const Number n : numbers)
            add(n);
    }

    void add(Number number) { add(number, number); }
    /// Adds `first` … `last`; nothing if `last` < `first`.
    void add(Number first, Number last);
    void add(const NumberSet& other);
    void remove(Number number) { remove(number, number); }
    void remove(Number first, Number last);
    /// Takes away every number of `other`. O(ranges of both).
    void remove(const NumberSet& other);
    void clear() { ranges_.clear(); }

    /// Takes the `count` smallest numbers out, or all if there are fewer, and gives
    /// them: for going through a large set in batches.
    NumberSet take_first(std::size_t count);

    bool contains(Number number) const;
    bool empty() const { return ranges_.empty(); }
    /// How many numbers are in the set.
    std::size_t size() const;
    Number first() const { return ranges_.front().first; }
    Number last() const { return ranges_.back().last; }

    /// The numbers in both. O(ranges of both).
    NumberSet intersect(const NumberSet& other) const;

    /// The number in place `index` (from 0) in ascending order, if there are so many.
    std::optional<Number> nth(std::size_t index) const;
    /// How many numbers of the set are smaller than `number`.
    std::size_t rank(Number number) const;

    std::vector<Range> ranges() const;
    std::size_t range_count() const { return ranges_.size(); }
    Range range(std::size_t index) const
    {
        return {ranges_[index].first, ranges_[index].last};
    }

    /// In IMAP form, "1:3,7"; empty for the empty set.
    std::string to_text() const;

    bool operator==(const NumberSet& other) const;

    /// Goes through the numbers in ascending order.
    class Iterator {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = Number;
        using difference_type = std::ptrdiff_t;
        using pointer = const Number*;
        using reference = Number;

        Iterator() = default;
        Iterator(const NumberSet& set, std::size_t range)
            : set_(&set), range_(range),
              number_(range < set.ranges_.size() ? set.ranges_[range].first : 0)
        {
        }
        Number operator*() const { return number_; }
        Iterator& operator++()
        {
            if (number_ < set_->ranges_[range_].last)
                ++number_;
            else
                *this = Iterator(*set_, range_ + 1);
            return *this;
        }
        Iterator operator++(int)
        {
            const Iterator before = *this;
            ++*this;
            return before;
        }
        bool operator==(const Iterator& other) const
        {
            return range_ == other.range_ && number_ == other.number_;
        }

    private:
        const NumberSet* set_ = nullptr;
        std::size_t range_ = 0;
        Number number_ = 0;
    };
    Iterator begin() const { return Iterator(*this, 0); }
    Iterator end() const { return Iterator(*this, ranges_.size()); }

private:
    struct Counted {
        Number first;
        Number last;
        std::size_t before; ///< numbers in the ranges that stand before this one
    };
    /// The first range whose last number is not below `number`.
    std::size_t find(Number number) const;
    void recount(std::size_t from);

    std::vector<Counted> ranges_;
};

} // namespace base
