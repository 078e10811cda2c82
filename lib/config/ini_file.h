// SPDX-License-Identifier: ISC
/// \file
/// The lines of an INI file, through inih, with what inih itself does not tell: the
/// line's number, and every line it could not read.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace config {

/// What stands on one line. The views are valid during the call.
struct IniLine {
    enum class Kind {
        Pair,    ///< `key = value`
        Section, ///< `[section]`: the section alone is set
        Faulty,  ///< `value` says why
    };
    Kind kind;
    unsigned number; ///< from 1
    std::string_view section;
    std::string_view key;
    std::string_view value;
};

/// The longest line inih reads whole. Unit: octets, without the newline.
inline constexpr std::size_t max_ini_line = 196;

/// Calls `take` for every line of `text` that says something, in order.
///
/// A line begins a comment with `;` or `#`; ` ;` begins one within a line. White
/// space around everything is dropped. There are no continued lines.
void read_ini(std::string_view text, const std::function<void(const IniLine&)>& take);

} // namespace config
