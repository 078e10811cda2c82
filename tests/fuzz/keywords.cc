// SPDX-License-Identifier: ISC
/// \file
/// `dovecot-keywords`, and Courier's list of keywords.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "maildir/keywords.h"

namespace {

using maildir::Keywords;

void check(const Keywords& keywords)
{
    const std::string written = keywords.to_text();
    if (Keywords::parse(written).to_text() != written)
        std::abort();
    for (unsigned i = 0; i < maildir::max_keywords; ++i) {
        const auto name = keywords.name_of(i);
        const auto index = keywords.index_of(name);
        if (!name.empty() && (!index || *index > i))
            std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    check(Keywords::parse(text));
    const auto courier = maildir::CourierKeywords::parse(text);
    check(courier.keywords);
    for (const auto& [base, bits] : courier.messages) {
        if (base.empty() || bits == 0 || bits >> courier.keywords.size() != 0)
            std::abort();
    }
    return 0;
}
