// SPDX-License-Identifier: ISC
#include "base/number_set.h"

#include <algorithm>

namespace base {

std::size_t NumberSet::find(Number number) const
{
    const auto at =
        std::lower_bound(ranges_.begin(), ranges_.end(), number,
                         [](const Counted& r, Number n) { return r.last < n; });
    return static_cast<std::size_t>(at - ranges_.begin());
}

void NumberSet::recount(std::size_t from)
{
    std::size_t before = 0;
    if (from > 0) {
        const Counted& r = ranges_[from - 1];
        before = r.before + (std::size_t{r.last} - r.first + 1);
    }
    for (std::size_t i = from; i < ranges_.size(); ++i) {
        ranges_[i].before = before;
        before += std::size_t{ranges_[i].last} - ranges_[i].first + 1;
    }
}

void NumberSet::add(Number first, Number last)
{
    if (last < first)
        return;
    if (ranges_.empty() || first > ranges_.back().last) { // at the end, the usual case
        if (!ranges_.empty() && first == ranges_.back().last + 1) {
            ranges_.back().last = last;
            return;
        }
        ranges_.push_back({first, last, size()});
        return;
    }
    // A range that ends at first-1 touches and joins.
    const std::size_t from = find(first > 0 ? first - 1 : 0);
    std::size_t to = from;
    while (to < ranges_.size() &&
           (ranges_[to].first <= last || ranges_[to].first - 1 == last)) {
        first = std::min(first, ranges_[to].first);
        last = std::max(last, ranges_[to].last);
        ++to;
    }
    const auto begin = ranges_.begin();
    const auto at = begin + static_cast<std::ptrdiff_t>(from);
    if (from == to) {
        ranges_.insert(at, {first, last, 0});
    } else {
        *at = {first, last, 0};
        ranges_.erase(at + 1, begin + static_cast<std::ptrdiff_t>(to));
    }
    recount(from);
}

void NumberSet::add(const NumberSet& other)
{
    if (other.empty())
        return;
    if (empty() || other.first() > last() || other.range_count() == 1) {
        for (const Counted& r : other.ranges_)
            add(r.first, r.last);
        return;
    }
    NumberSet sum;
    std::size_t a = 0, b = 0;
    while (a < ranges_.size() || b < other.ranges_.size()) {
        const bool from_a =
            b == other.ranges_.size() ||
            (a < ranges_.size() && ranges_[a].first <= other.ranges_[b].first);
        const Counted& r = from_a ? ranges_[a++] : other.ranges_[b++];
        sum.add(r.first, r.last);
    }
    *this = std::move(sum);
}

void NumberSet::remove(Number first, Number last)
{
    if (last < first)
        return;
    const std::size_t from = find(first);
    std::size_t to = from;
    std::vector<Counted> rest;
    while (to < ranges_.size() && ranges_[to].first <= last) {
        if (ranges_[to].first < first)
            rest.push_back({ranges_[to].first, first - 1, 0});
        if (ranges_[to].last > last)
            rest.push_back({last + 1, ranges_[to].last, 0});
        ++to;
    }
    if (from == to)
        return;
    const auto begin = ranges_.begin();
    const auto at = ranges_.erase(begin + static_cast<std::ptrdiff_t>(from),
                                  begin + static_cast<std::ptrdiff_t>(to));
    ranges_.insert(at, rest.begin(), rest.end());
    recount(from);
}

NumberSet NumberSet::take_first(std::size_t count)
{
    NumberSet taken;
    if (empty() || count == 0)
        return taken;
    taken.add(first(), nth(count - 1).value_or(last()));
    taken = intersect(taken);
    remove(taken.first(), taken.last());
    return taken;
}

void NumberSet::remove(const NumberSet& other)
{
    if (empty() || other.empty())
        return;
    if (other.range_count() == 1) {
        remove(other.first(), other.last());
        return;
    }
    NumberSet rest;
    std::size_t b = 0;
    for (const Counted& r : ranges_) {
        std::uint64_t at = r.first;
        while (b < other.ranges_.size() && other.ranges_[b].last < at)
            ++b;
        std::size_t k = b;
        for (; k < other.ranges_.size() && other.ranges_[k].first <= r.last; ++k) {
            if (other.ranges_[k].first > at)
                rest.add(static_cast<Number>(at), other.ranges_[k].first - 1);
            at = std::uint64_t{other.ranges_[k].last} + 1;
        }
        if (at <= r.last)
            rest.add(static_cast<Number>(at), r.last);
        b = k > b ? k - 1 : b; // the last one may reach into the next range
    }
    *this = std::move(rest);
}

bool NumberSet::contains(Number number) const
{
    const std::size_t at = find(number);
    return at < ranges_.size() && ranges_[at].first <= number;
}

std::size_t NumberSet::size() const
{
    if (ranges_.empty())
        return 0;
    const Counted& r = ranges_.back();
    return r.before + (std::size_t{r.last} - r.first + 1);
}

NumberSet NumberSet::intersect(const NumberSet& other) const
{
    NumberSet both;
    std::size_t a = 0, b = 0;
    while (a < ranges_.size() && b < other.ranges_.size()) {
        const Counted& x = ranges_[a];
        const Counted& y = other.ranges_[b];
        both.add(std::max(x.first, y.first), std::min(x.last, y.last));
        if (x.last < y.last)
            ++a;
        else
            ++b;
    }
    return both;
}

std::optional<NumberSet::Number> NumberSet::nth(std::size_t index) const
{
    if (index >= size())
        return std::nullopt;
    const auto after =
        std::upper_bound(ranges_.begin(), ranges_.end(), index,
                         [](std::size_t i, const Counted& r) { return i < r.before; });
    const Counted& r = *(after - 1);
    return static_cast<Number>(r.first + (index - r.before));
}

std::size_t NumberSet::rank(Number number) const
{
    const std::size_t at = find(number);
    if (at == ranges_.size())
        return size();
    const Counted& r = ranges_[at];
    return r.before + (number > r.first ? std::size_t{number} - r.first : 0);
}

std::vector<NumberSet::Range> NumberSet::ranges() const
{
    std::vector<Range> list;
    list.reserve(ranges_.size());
    for (const Counted& r : ranges_)
        list.push_back({r.first, r.last});
    return list;
}

std::string NumberSet::to_text() const
{
    std::string text;
    for (const Counted& r : ranges_) {
        if (!text.empty())
            text += ',';
        text += std::to_string(r.first);
        if (r.last != r.first)
            text += ':' + std::to_string(r.last);
    }
    return text;
}

bool NumberSet::operator==(const NumberSet& other) const
{
    return std::equal(ranges_.begin(), ranges_.end(), other.ranges_.begin(),
                      other.ranges_.end(), [](const Counted& x, const Counted& y) {
                          return x.first == y.first && x.last == y.last;
                      });
}

} // namespace base
