// SPDX-License-Identifier: ISC
/// \file
/// Encoded words and folding: the results are UTF-8, text without words stays, and
/// what is folded once is folded.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "text/fold.h"
#include "text/utf8.h"
#include "text/words.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::string decoded = text::decode_words(input);
    if (!text::valid_utf8(decoded))
        std::abort();
    if (input.find("=?") == std::string_view::npos &&
        decoded != text::repair_utf8(input))
        std::abort();
    const std::string folded = text::fold(decoded);
    if (!text::valid_utf8(folded))
        std::abort();
    if (text::is_ascii(decoded) && folded.size() != decoded.size())
        std::abort();
    return 0;
}
