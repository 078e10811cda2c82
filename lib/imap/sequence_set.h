// SPDX-License-Identifier: ISC
/// \file
/// Sequence sets: the `1:3,7,9:*` and `$` that FETCH, STORE, COPY and SEARCH take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/number_set.h"
#include "base/result.h"

namespace imap {

/// A message number of either kind (sequence number or UID): 1 … 2^32-1.
using Number = std::uint32_t;

/// Stands for `*` until the mailbox is known. The grammar gives no message the
/// number 0 (`nz-number`), so the value is free.
inline constexpr Number star = 0;

/// A sequence-set as the client wrote it: `*` not yet resolved, order, overlaps
/// and reversed ranges kept. Whether the numbers are sequence numbers or UIDs
/// is known to the command that asked, not to the set; so is what `$`, the result
/// that a SEARCH has saved, stands for.
///
/// Source: RFC 9051 §9, `sequence-set` and `seq-last-command` (RFC 5182), and the
/// notes under `seq-range`. The grammar lets `$` stand alone and as the last of the
/// list; RFC 3501 with RFC 5182 in the middle too.
class SequenceSet {
public:
    /// A set longer than this is refused, so that no single command line makes
    /// us hold an unbounded vector. Unit: ranges.
    static constexpr std::size_t max_ranges = 65536;

    /// Parses `text`, which must be one whole token: no spaces.
    ///
    /// Errors: Syntax for whatever the ABNF refuses, among it the number 0 and
    /// numbers past 2^32-1; Limit past `max_ranges`.
    static base::Result<SequenceSet> parse(std::string_view text);
    /// `$`
    static SequenceSet saved();

    /// The numbers meant in a mailbox whose largest number is `largest`.
    /// Numbers above `largest` stay in: a UID command ignores them, a sequence
    /// number command answers BAD, and only the caller knows which it is.
    ///
    /// `largest` == 0 says the mailbox is empty; `*` then means nothing, and a
    /// range with `*` at either end is dropped. Cost: O(n log n) in ranges, in
    /// whatever order the client chose to send them.
    ///
    /// What `$` stands for is not in it.
    base::NumberSet resolve(Number largest) const;

    /// Whether `$` is in the set, and whether a `*` is.
    bool has_saved() const { return has_saved_; }
    bool has_star() const;
    /// Whether there is anything in it but `$`.
    bool has_numbers() const { return !written_.empty(); }

private:
    struct Written {
        Number first;
        Number last;
    };
    std::vector<Written> written_;
    bool has_saved_ = false;
};

} // namespace imap
