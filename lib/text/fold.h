// SPDX-License-Identifier: ISC
/// \file
/// Text as SEARCH compares it.
#pragma once

#include <string>
#include <string_view>

namespace text {

/// `utf8` with the differences taken out that a search does not care about: case
/// (full Unicode case folding), compatibility forms (full width, ligatures), and
/// characters that are not seen (soft hyphens). Letters come apart from their
/// accents, so that `cafe` is found in `café` and `é` in either of its spellings.
/// A text matches when its folded form is in the other's.
///
/// In the spirit of i;unicode-casemap (RFC 5051), which titlecases and decomposes;
/// folding tells fewer letters apart (ß and ss, the three sigmas).
///
/// Octets that are not UTF-8 become U+FFFD first. Linear; ASCII is handled
/// without looking anything up.
std::string fold(std::string_view utf8);

} // namespace text
