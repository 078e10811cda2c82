// SPDX-License-Identifier: ISC
/// \file
/// Message flags as a client names them.
///
/// RFC 9051 §2.3.2, and `flag` in §9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imap {

/// The flags that begin with a backslash, as bits.
enum class SystemFlag : std::uint8_t {
    Answered = 1,
    Flagged = 2,
    Deleted = 4,
    Seen = 8,
    Draft = 16,
    Recent = 32, ///< told by the server, never set by a client
};

/// A set of flags: system flags as bits, keywords by name.
///
/// Keywords are compared without regard to ASCII case and keep the spelling of
/// their first mention; none is in `keywords` twice.
struct Flags {
    /// Past these, `add_keyword` says no and `Parser::flags` refuses the command.
    static constexpr std::size_t max_keywords = 128;
    static constexpr std::size_t max_keyword_length = 255;

    std::uint8_t system = 0; ///< SystemFlag bits
    std::vector<std::string> keywords;

    bool has(SystemFlag flag) const
    {
        return (system & static_cast<std::uint8_t>(flag)) != 0;
    }
    void set(SystemFlag flag) { system |= static_cast<std::uint8_t>(flag); }
    bool has_keyword(std::string_view name) const;
    /// False, and nothing added, if a bound is passed.
    bool add_keyword(std::string_view name);
    bool empty() const { return system == 0 && keywords.empty(); }

    /// In wire form and a fixed order: `(\Answered \Seen $Junk)`.
    std::string to_text() const;

    bool operator==(const Flags&) const = default;
};

/// The name with its backslash: `\Seen`.
std::string_view name_of(SystemFlag flag);

} // namespace imap
