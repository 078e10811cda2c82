// SPDX-License-Identifier: ISC
/// \file
/// Encoded words in header fields. RFC 2047.
#pragma once

#include <string>
#include <string_view>

namespace text {

/// The unfolded value of a header field with its encoded words decoded, in UTF-8.
///
/// White space between two encoded words goes away (§6.2); characters that are
/// split over neighbouring words of one charset and encoding are put together
/// again, which the RFC forbids to write and everybody writes. A word that is
/// broken or in an unknown charset stays as it stands, and other octets that are
/// not UTF-8 become U+FFFD, so that the result is always valid UTF-8. A word
/// counts wherever it stands, quoted strings and mid-word included (§5 forbids
/// it, mailers do it, and searching wants to find it). Linear.
std::string decode_words(std::string_view header_value);

} // namespace text
