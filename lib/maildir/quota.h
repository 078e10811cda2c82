// SPDX-License-Identifier: ISC
/// \file
/// `maildirsize`: how much a Maildir may hold, and how much it does. Maildir++.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "maildir/tree.h"

namespace maildir {

/// What a Maildir may hold. The text form is Maildir++'s: `1000000S,1000C`.
struct QuotaLimits {
    std::uint64_t octets = 0;   ///< `S`; 0: no limit
    std::uint64_t messages = 0; ///< `C`; 0: no limit

    /// Members of other kinds, and what cannot be read, are passed over. Pure.
    static QuotaLimits parse(std::string_view text);
    std::string to_text() const;

    bool is_none() const { return octets == 0 && messages == 0; }
    bool operator==(const QuotaLimits&) const = default;
};

/// What a Maildir holds, or what is to be added to it.
struct QuotaUsage {
    std::int64_t octets = 0;
    std::int64_t messages = 0;
    bool operator==(const QuotaUsage&) const = default;
};

/// What a `maildirsize` file says: its first line is the definition, every other one
/// `octets messages`, which may be negative; their sum is the usage.
struct MaildirSize {
    std::string definition; ///< the first line, as it was written
    QuotaUsage usage;
    std::size_t lines = 0;   ///< of the second kind
    bool is_damaged = false; ///< a line is neither, or the sum is below zero

    /// Pure.
    static MaildirSize parse(std::string_view text);
};

/// The quota of one user's Maildir, all its folders together.
///
/// The limits are those of the first line of `maildirsize`, so that all programs that
/// deliver or remove mail go by the same ones; where the file defines none, those given
/// here. The file is kept as Maildir++ has it: each change appends a line, without a
/// lock; it is made anew from the files themselves when it has grown past `max_octets`
/// or cannot be right, and when the quota would be exceeded and the file is older than
/// `trusted_us`, since others may have removed mail without a word. Every message
/// counts, whatever its folder and flags.
class Quota {
public:
    static constexpr const char* file_name = "maildirsize";
    static constexpr std::size_t max_octets = 5120;
    static constexpr std::int64_t trusted_us = 15 * 60 * std::int64_t{1'000'000};

    /// `tree` and `clock` must outlive it. `fallback` holds where no file defines
    /// anything else.
    Quota(const Tree& tree, const base::Clock& clock, QuotaLimits fallback)
        : tree_(&tree), clock_(&clock), fallback_(fallback)
    {
    }

    struct State {
        QuotaLimits limits;
        QuotaUsage usage;
    };
    /// What is in force now; nothing if there is no limit. Reads the file, and counts
    /// all messages if it has to be made anew. Errors: Io …
    base::Result<std::optional<State>> state() const;

    /// OverQuota if there is no room for so much more. A limit may be reached, not
    /// exceeded. Costs one system call where there is no quota.
    base::Status check(const QuotaUsage& more) const;

    /// Notes what was added, or removed if negative. Without a limit, and without a
    /// file, there is nothing to note. A failure is none: the usage is worked out anew
    /// when it matters.
    void add(const QuotaUsage& change) const;

    /// Counts all messages, and writes the file: after a folder was removed.
    /// Nothing without a limit.
    base::Status recount() const;

private:
    struct File {
        MaildirSize content;
        std::int64_t changed_us = 0; ///< wall clock
        std::size_t octets = 0;
        bool exists = false;
    };
    bool has_file() const;
    base::Result<File> load() const;
    QuotaLimits limits_of(const File& file) const;
    base::Result<QuotaUsage> count() const;
    base::Result<QuotaUsage> write_anew(const File& file) const;

    const Tree* tree_;
    const base::Clock* clock_;
    QuotaLimits fallback_;
};

} // namespace maildir
