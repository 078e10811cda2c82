// SPDX-License-Identifier: ISC
#include "imap/sequence_set.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

namespace imap {
namespace {

/// seq-number = nz-number / "*"; nullopt if `text` is neither.
std::optional<Number> seq_number(std::string_view text)
{
    if (text == "*")
        return star;
    if (text.empty() || text.front() < '0' || text.front() > '9')
        return std::nullopt;
    Number number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || rest != end || number == 0)
        return std::nullopt;
    return number;
}

} // namespace

base::Result<SequenceSet> SequenceSet::parse(std::string_view text)
{
    SequenceSet set;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        const std::string_view range = text.substr(at, comma - at);
        at = comma + 1;
        if (range == "$") {
            set.has_saved_ = true;
            continue;
        }
        const std::size_t colon = std::min(range.find(':'), range.size());
        const auto first = seq_number(range.substr(0, colon));
        const auto last =
            colon == range.size() ? first : seq_number(range.substr(colon + 1));
        if (!first || !last)
            return base::Error{base::Errc::Syntax, "Not a sequence set"};
        if (set.written_.size() == max_ranges)
            return base::Error{base::Errc::Limit, "The sequence set is too long"};
        set.written_.push_back({*first, *last});
    }
    return set;
}

SequenceSet SequenceSet::saved()
{
    SequenceSet set;
    set.has_saved_ = true;
    return set;
}

bool SequenceSet::has_star() const
{
    return std::any_of(written_.begin(), written_.end(), [](const Written& range) {
        return range.first == star || range.last == star;
    });
}

base::NumberSet SequenceSet::resolve(Number largest) const
{
    std::vector<Written> ranges;
    ranges.reserve(written_.size());
    for (const auto& [first, last] : written_) {
        const Number a = first == star ? largest : first;
        const Number b = last == star ? largest : last;
        if (a != 0 && b != 0)
            ranges.push_back({std::min(a, b), std::max(a, b)});
    }
    std::sort(ranges.begin(), ranges.end(),
              [](const Written& a, const Written& b) { return a.first < b.first; });
    base::NumberSet numbers;
    for (const auto& [first, last] : ranges)
        numbers.add(first, last);
    return numbers;
}

} // namespace imap
