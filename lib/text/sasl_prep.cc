// SPDX-License-Identifier: ISC
#include "text/sasl_prep.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include <utf8proc.h>

#include "text/utf8.h"

namespace text {
namespace {

using CodePoint = utf8proc_int32_t;

bool is_among(CodePoint c, CodePoint first, CodePoint last)
{
    return c >= first && c <= last;
}

/// RFC 3454 §B.1, "commonly mapped to nothing".
bool is_nothing(CodePoint c)
{
    return c == 0xad || c == 0x34f || c == 0x1806 || is_among(c, 0x180b, 0x180d) ||
           is_among(c, 0x200b, 0x200d) || c == 0x2060 || is_among(c, 0xfe00, 0xfe0f) ||
           c == 0xfeff;
}

/// RFC 3454 §C.1.2 with the exception of ZERO WIDTH SPACE, which RFC 3454 has in §B.1
/// too.
bool is_other_space(CodePoint c)
{
    return c != ' ' && utf8proc_category(c) == UTF8PROC_CATEGORY_ZS;
}

/// RFC 4013 §2.3, less the spaces, which are mapped before this is asked.
bool is_prohibited(CodePoint c)
{
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CC: // C.2.1, C.2.2
    case UTF8PROC_CATEGORY_CF: // C.2.2, C.8, C.9: what is left of it after B.1
    case UTF8PROC_CATEGORY_ZL: // C.2.2
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CO: // C.3
    case UTF8PROC_CATEGORY_CS: // C.5
        return true;
    default:
        // C.4 non-characters; C.6; C.7; C.8, the two that are not format characters.
        return (c & 0xfffe) == 0xfffe || is_among(c, 0xfdd0, 0xfdef) ||
               is_among(c, 0xfffc, 0xfffd) || is_among(c, 0x2ff0, 0x2ffb) ||
               is_among(c, 0x340, 0x341);
    }
}

bool is_right_to_left(CodePoint c)
{
    const auto direction = utf8proc_get_property(c)->bidi_class;
    return direction == UTF8PROC_BIDI_CLASS_R || direction == UTF8PROC_BIDI_CLASS_AL;
}

bool is_left_to_right(CodePoint c)
{
    return utf8proc_get_property(c)->bidi_class == UTF8PROC_BIDI_CLASS_L;
}

/// RFC 3454 §6: text from the right begins and ends so, and has nothing from the left.
bool mixes_directions(const std::vector<CodePoint>& text)
{
    if (std::ranges::none_of(text, is_right_to_left))
        return false;
    return !is_right_to_left(text.front()) || !is_right_to_left(text.back()) ||
           std::ranges::any_of(text, is_left_to_right);
}

std::vector<CodePoint> code_points(std::string_view utf8)
{
    std::vector<CodePoint> found;
    while (!utf8.empty()) {
        CodePoint c = 0;
        const auto taken =
            utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()),
                             static_cast<utf8proc_ssize_t>(utf8.size()), &c);
        if (taken <= 0)
            return {}; // not reached: the text is valid
        found.push_back(c);
        utf8.remove_prefix(static_cast<std::size_t>(taken));
    }
    return found;
}

std::string to_utf8(const std::vector<CodePoint>& text)
{
    std::string utf8;
    for (const CodePoint c : text) {
        utf8proc_uint8_t octets[4];
        const auto size = utf8proc_encode_char(c, octets);
        utf8.append(reinterpret_cast<const char*>(octets),
                    static_cast<std::size_t>(size));
    }
    return utf8;
}

/// RFC 4013 §2.2.
std::optional<std::string> in_normal_form_kc(const std::string& utf8)
{
    utf8proc_uint8_t* composed = nullptr;
    constexpr auto options = static_cast<utf8proc_option_t>(
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
    const utf8proc_ssize_t size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()),
                     static_cast<utf8proc_ssize_t>(utf8.size()), &composed, options);
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(composed,
                                                                        &std::free);
    if (size < 0)
        return std::nullopt;
    return std::string(reinterpret_cast<const char*>(composed),
                       static_cast<std::size_t>(size));
}

} // namespace

std::optional<std::string> sasl_prepared(std::string_view utf8)
{
    if (!valid_utf8(utf8))
        return std::nullopt;
    auto mapped = code_points(utf8);
    std::erase_if(mapped, is_nothing);
    std::ranges::replace_if(mapped, is_other_space, ' ');
    auto normal = in_normal_form_kc(to_utf8(mapped));
    if (!normal)
        return std::nullopt;
    const auto prepared = code_points(*normal);
    if (std::ranges::any_of(prepared, is_prohibited) || mixes_directions(prepared))
        return std::nullopt;
    return normal;
}

} // namespace text
