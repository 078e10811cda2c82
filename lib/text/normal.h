// SPDX-License-Identifier: ISC
/// \file
/// Unicode's normal form C, which Net-Unicode asks for (RFC 5198 §2).
#pragma once

#include <string_view>

namespace text {

/// Whether `utf8`, which must be valid, is in normal form C: an `é` is one character
/// in it, not an `e` and an accent.
bool is_normal(std::string_view utf8);

} // namespace text
