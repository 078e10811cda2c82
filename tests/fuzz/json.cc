// SPDX-License-Identifier: ISC
/// \file
/// JSON: whatever is read can be asked anything.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto value = text::Json::parse(text)) {
        for (const text::Json* at = &*value; at != nullptr; at = at->member("a")) {
            static_cast<void>(at->string());
            static_cast<void>(at->number());
            static_cast<void>(at->array());
        }
    }
    return 0;
}
