// SPDX-License-Identifier: ISC
/// \file
/// Sequence sets: what resolves, written out and parsed again, resolves to the same.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "imap/sequence_set.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto set = imap::SequenceSet::parse(text);
    if (!set)
        return 0;
    if (text.find_first_not_of("0123456789:,*$") != std::string_view::npos)
        std::abort();
    for (const imap::Number largest : {0u, 1u, 5u, 4294967295u}) {
        const base::NumberSet numbers = set->resolve(largest);
        if (numbers.contains(0))
            std::abort();
        if (numbers.empty()) {
            // Every range has a number in a mailbox that has one.
            if (largest != 0 && set->has_numbers())
                std::abort();
            continue;
        }
        const auto again = imap::SequenceSet::parse(numbers.to_text());
        if (!again || !(again->resolve(largest) == numbers))
            std::abort();
        if (text.find('*') != std::string_view::npos && largest != 0 &&
            !numbers.contains(largest))
            std::abort();
    }
    return 0;
}
