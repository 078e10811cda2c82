// SPDX-License-Identifier: ISC
/// \file
/// Modified UTF-7: what is decoded is UTF-8 and encodes to the same octets; what is
/// encoded is printable ASCII and decodes to the same name.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "text/ascii.h"
#include "text/utf7.h"
#include "text/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    if (const auto name = text::utf7_decode(input)) {
        if (!text::valid_utf8(*name) || text::utf7_encode(*name).value() != input)
            std::abort();
    }
    const auto encoded = text::utf7_encode(input);
    if (encoded.has_value() != text::valid_utf8(input))
        std::abort();
    if (!encoded)
        return 0;
    const auto printable = [](char c) {
        return !text::is_control(c) && !text::is_8bit(c);
    };
    if (!std::all_of(encoded->begin(), encoded->end(), printable) ||
        text::utf7_decode(*encoded).value() != input)
        std::abort();
    return 0;
}
