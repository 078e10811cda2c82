// SPDX-License-Identifier: ISC
/// \file
/// File names of a Maildir: `base[:2,flags]`, and how new ones are made.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"

namespace maildir {

/// A message's UID, 1 … 2^32-1.
using Uid = std::uint32_t;

/// The system flags of a file name. The bits are in ASCII order of the letters.
using Flags = std::uint8_t;
inline constexpr Flags draft = 1;    ///< D, `\Draft`
inline constexpr Flags flagged = 2;  ///< F, `\Flagged`
inline constexpr Flags passed = 4;   ///< P: forwarded or bounced on; `$Forwarded`
inline constexpr Flags replied = 8;  ///< R, `\Answered`
inline constexpr Flags seen = 16;    ///< S, `\Seen`
inline constexpr Flags trashed = 32; ///< T, `\Deleted`

/// Keywords as bits: bit 0 is the letter a, bit 25 the letter z. What the letters
/// mean in a folder stands in its `dovecot-keywords`.
using KeywordBits = std::uint32_t;
inline constexpr unsigned max_keywords = 26;

/// In which order messages were delivered, as far as their names tell: by seconds,
/// microseconds (`M`), counter (`Q`), then by the base name itself. A name that
/// does not begin with a number has 0 seconds.
struct Order {
    std::uint64_t seconds = 0;
    std::uint64_t microseconds = 0;
    std::uint64_t counter = 0;
    std::string base;
    auto operator<=>(const Order&) const = default;
};

/// A file name taken apart. Nothing is lost: `to_text()` of a parsed name is the
/// name itself but for the order of the flag letters (and letters written twice).
///
/// The base name ends at the first `:`, as it does for Dovecot; in a name without
/// `:` at the last `;2,` or `!2,`, which some file systems need. What follows it
/// up to the last `:2,` is none of our business (`:1,…`) and kept in `other`.
struct Name {
    std::string base;
    std::string other;     ///< e.g. ":1,x": stands before the `:2,`, kept
    bool has_info = false; ///< there is a `:2,`; false for names in new/
    char separator = ':';  ///< ':', ';' or '!'
    Flags flags = 0;
    KeywordBits keywords = 0;
    std::string letters; ///< letters after `:2,` that we do not know
    std::string rest;    ///< what stands after the flags, from the comma on

    static Name parse(std::string_view file_name);

    /// The file name: flags in ASCII order. `:2,` is written when `has_info`, and
    /// when there is anything to write after it.
    std::string to_text() const;

    /// The same name with other flags and keywords and a `:2,`; the rest is kept.
    Name with(Flags new_flags, KeywordBits new_keywords) const;

    /// The octets of the message as `,S=` in the base name tells them. It can lie:
    /// compressed and edited files.
    std::optional<std::uint64_t> size() const;
    /// The same with every line end as CRLF, from `,W=`.
    std::optional<std::uint64_t> wire_size() const;

    bool operator==(const Name&) const = default;
};

/// The base name of `file_name`, without taking the rest apart: a view into it.
std::string_view base_of(std::string_view file_name);

/// When the message was delivered, as its file name (or base name) tells.
Order order_of(std::string_view file_name);

/// When a message came into its folder, as its file name (or base name) tells: every
/// delivery agent begins it with the time, and so do we for copies. Seconds since 1970.
std::optional<std::int64_t> delivered_at(std::string_view file_name);

/// `,S=` and `,W=` of a file name or base name. See `Name::size`.
std::optional<std::uint64_t> size_in(std::string_view file_name);
std::optional<std::uint64_t> wire_size_in(std::string_view file_name);

/// A base name that nobody has used: `<sec>.M<us>P<pid>Q<counter>R<64 random bits in
/// hex>.<host>`. `counter` orders names made within one microsecond. In `host`, `/`
/// becomes `\057`, `:` `\072`, `,` `\054`, and control characters and blanks `_`; an
/// empty host is `localhost`; what is longer than 64 octets is cut.
std::string fresh_base(const base::Clock& clock, base::Random& random,
                       std::string_view host, std::uint64_t counter = 0);

/// `base` with `,S=<size>,W=<wire_size>` at its end.
std::string with_sizes(std::string_view base, std::uint64_t size,
                       std::uint64_t wire_size);

/// The name of this machine as `fresh_base` takes it.
std::string host_name();

} // namespace maildir
