// SPDX-License-Identifier: ISC
/// \file
/// Text as SEARCH compares it.
#pragma once

#include <string>
#include <string_view>

namespace text {

/// `utf8` with the differences taken out that a search does not care about: case
/// (full Unicode case folding) and compatibility forms (full width, ligatures,
/// composed against decomposed letters). Accents stay. Two texts match when their
/// folded forms do, a substring when its folded form is in the other.
///
/// In the spirit of i;unicode-casemap (RFC 5051), which titlecases and decomposes;
/// folding tells fewer letters apart (ß and ss, the three sigmas).
///
/// Octets that are not UTF-8 become U+FFFD first. Idempotent. Linear; ASCII is
/// handled without looking anything up.
std::string fold(std::string_view utf8);

} // namespace text
