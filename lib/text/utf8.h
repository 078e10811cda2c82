// SPDX-License-Identifier: ISC
/// \file
/// UTF-8, code point by code point. RFC 3629: no surrogates, no overlong forms,
/// nothing past U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace text {

/// What stands where a character could not be read.
inline constexpr char32_t replacement_character = 0xFFFD;
inline constexpr std::string_view replacement_utf8 = "\xEF\xBF\xBD";

/// One step through a string: a code point and the octets it took.
struct CodePoint {
    char32_t value;   ///< `replacement_character` if the octets are none
    std::size_t size; ///< octets to step over: 1 … 4, 1 for an octet that is none
    bool valid;
};

/// The code point at the front of `s`, which must not be empty.
CodePoint next_code_point(std::string_view s);

/// `code_point`, which must be a Unicode scalar value, in UTF-8 at the end of `s`.
void append_code_point(std::string& s, char32_t code_point);

bool valid_utf8(std::string_view s);
bool is_ascii(std::string_view s);

/// `s` with U+FFFD for every octet that is not part of a character.
std::string repair_utf8(std::string_view s);

} // namespace text
