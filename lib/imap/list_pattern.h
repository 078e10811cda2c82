// SPDX-License-Identifier: ISC
/// \file
/// Mailbox patterns of LIST and LSUB: `*` and `%`.
///
/// RFC 9051 §6.3.9.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace imap {

/// A pattern in which `*` stands for any octets and `%` for any but the separator.
///
/// Names and pattern must be in the same form: both as on the wire, or both UTF-8.
/// The first level of a name compares without case if it is INBOX (RFC 9051 §5.1).
/// Joining the reference to the pattern is the caller's.
///
/// We simulate all states at once instead of backtracking, so that a match costs
/// O(name × pattern) at most, whatever stars a client sends.
class ListPattern {
public:
    /// `separator` '\0': names have no levels, and `%` is like `*`. A run of
    /// wildcards means what its widest one means, and is kept as that one.
    ListPattern(std::string_view pattern, char separator);

    bool matches(std::string_view name) const;

    /// Whether a name below `name` (`name` + separator + anything) could match: the
    /// walk of a tree need not go down where this is false.
    bool may_match_below(std::string_view name) const;

    /// Whether there is no wildcard in it, so that it can match one name only.
    bool is_literal() const;
    const std::string& text() const { return text_; }

private:
    std::string text_;
    char separator_;
};

} // namespace imap
