// SPDX-License-Identifier: ISC
/// \file
/// The values that several keys share: numbers, sizes, times, lists.
/// Errors are always Syntax; their text says what is wrong and what would be right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace config {

/// Decimal digits only, `least` … `most`.
base::Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t least,
                                         std::uint64_t most);

/// Octets: a number with K, M or G (1024, …) after it, or nothing.
base::Result<std::uint64_t> parse_size(std::string_view text, std::uint64_t least,
                                       std::uint64_t most);

/// Seconds: a number with s, m, h or d after it, or nothing, which is s.
base::Result<std::int64_t> parse_time(std::string_view text, std::int64_t least,
                                      std::int64_t most);

/// A size or time in its largest whole unit: `64M`, `30m`, `90s`.
std::string size_to_text(std::uint64_t octets);
std::string time_to_text(std::int64_t seconds);

/// The words between spaces, tabs and commas.
std::vector<std::string_view> words(std::string_view text);

/// Whether `word` is one of `among`, without regard to the case of ASCII letters.
bool is_among(std::string_view word, const std::vector<std::string>& among);

} // namespace config
