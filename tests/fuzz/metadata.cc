// SPDX-License-Identifier: ISC
/// \file
/// `avocet-metadata`: what is read can be written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "maildir/metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using maildir::Metadata;
    const auto parsed = Metadata::parse({reinterpret_cast<const char*>(bytes), size});
    for (const auto& [name, value] : parsed.entries()) {
        if (!Metadata::is_valid(name) || value.size() > Metadata::max_value)
            std::abort();
    }
    if (Metadata::parse(parsed.to_text()).entries() != parsed.entries())
        std::abort();
    return 0;
}
