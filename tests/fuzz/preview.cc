// SPDX-License-Identifier: ISC
/// \file
/// Previews: valid UTF-8 without control characters, no longer than allowed, and the
/// same wherever the part ends beyond what is looked at.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mime/preview.h"
#include "text/ascii.h"
#include "text/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto structure = mime::parse_structure(input);
    const mime::Part* part = mime::preview_part(structure);
    if (!part)
        return 0;
    const auto body = input.substr(static_cast<std::size_t>(part->body_offset),
                                   static_cast<std::size_t>(part->body_octets));
    const std::string preview =
        mime::preview_text(*part, body.substr(0, mime::max_preview_source));
    if (!text::valid_utf8(preview))
        std::abort();
    std::size_t characters = 0;
    for (std::string_view rest = preview; !rest.empty(); ++characters) {
        if (text::is_control(rest.front()))
            std::abort();
        rest.remove_prefix(text::next_code_point(rest).size);
    }
    if (characters > mime::max_preview || preview.starts_with(' ') ||
        preview.ends_with(' '))
        std::abort();
    return 0;
}
