// SPDX-License-Identifier: ISC
/// \file
/// What SEARCH asks for, as a tree of values.
///
/// RFC 9051 §6.4.4 and RFC 3501 §6.4.4, `search-program` in §9. What RETURN asks for is
/// the command's to parse, before this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "base/number_set.h"
#include "base/result.h"
#include "imap/date_time.h"
#include "imap/flags.h"
#include "imap/parser.h"
#include "imap/sequence_set.h"

namespace search {

/// A numeric or date comparison: `left < right`, `==`, `>=`, `>`.
enum class Relation { Less, Equal, AtLeast, Greater };

// The tests, one type for each kind of search key. Strings to be found are UTF-8
// and folded (`text::fold`).

struct All {};
/// A flag with a backslash that must be set or, as UNSEEN has it, not be set.
struct HasFlag {
    imap::SystemFlag flag;
};
struct HasKeyword {
    std::string name;
};
/// Sequence numbers; `Query::resolve` turns them into InSet.
struct InSequence {
    imap::SequenceSet numbers;
};
/// `UID set`; `Query::resolve` turns it into InSet.
struct InUids {
    imap::SequenceSet uids;
};
/// UIDs.
struct InSet {
    base::NumberSet uids;
};
/// LARGER and SMALLER.
struct HasSize {
    Relation relation;
    std::uint64_t octets;
};
/// MODSEQ: changed at this mod-sequence or later. RFC 7162 §3.1.5.
struct ChangedSince {
    std::uint64_t mod_sequence;
};
/// BEFORE, ON, SINCE: by internal date.
struct Arrived {
    Relation relation;
    imap::Date date;
};
/// SAVEDBEFORE, SAVEDON, SAVEDSINCE. RFC 8514 §4.3.
struct Saved {
    Relation relation;
    imap::Date date;
};
/// EMAILID. RFC 8474 §6.
struct HasEmailId {
    std::string id;
};
/// SENTBEFORE, SENTON, SENTSINCE: by the Date: field.
struct Sent {
    Relation relation;
    imap::Date date;
};
/// HEADER, and FROM, TO, CC, BCC, SUBJECT. An empty `text` asks for the field only.
struct HeaderHas {
    std::string field;
    std::string text;
};
struct BodyHas {
    std::string text;
};
/// In the header or in the body.
struct TextHas {
    std::string text;
};
struct Key;
struct Not {
    std::vector<Key> keys; ///< exactly one
};
struct And {
    std::vector<Key> keys;
};
struct Or {
    std::vector<Key> keys;
};

/// What must be looked at to decide a key, at worst; the cheapest first.
enum class Cost {
    Index,   ///< flags, dates, UIDs
    Size,    ///< known to the index once the message's lines have been counted
    Header,  ///< the message's file, its beginning
    Message, ///< all of it
};

/// One search key with all below it.
struct Key {
    std::variant<All, HasFlag, HasKeyword, InSequence, InUids, InSet, HasSize,
                 ChangedSince, Arrived, Saved, HasEmailId, Sent, HeaderHas, BodyHas,
                 TextHas, Not, And, Or>
        test;
    /// That of the dearest below it. Within And and Or, cheaper keys stand first.
    Cost cost = Cost::Index;
};

/// A parsed search program.
class Query {
public:
    /// How deep NOT, OR and parentheses may nest, and how many keys there may be.
    static constexpr std::size_t max_depth = 64;
    static constexpr std::size_t max_keys = 4096;

    /// Takes `[CHARSET name SP] key *(SP key)` up to the end of the command. Without
    /// CHARSET the strings are UTF-8, of which US-ASCII is a part.
    ///
    /// Errors: Unsupported for a charset that iconv does not know: the answer is NO
    /// [BADCHARSET]. Throws imap::SyntaxError, also for a command with both faults.
    static base::Result<Query> parse(imap::Parser& in);

    /// Gives the UIDs that a set of sequence numbers means, or any set with `$` in it
    /// and no number. It may throw for numbers that are not there.
    using Resolver = std::function<base::NumberSet(const imap::SequenceSet&)>;

    /// Replaces all sets by sets of UIDs: sequence numbers and `$` through `numbers`,
    /// UIDs by what `*` means where `largest_uid` is the largest in use (0: the mailbox
    /// is empty). To be called once, before matching.
    void resolve(const Resolver& numbers, imap::Number largest_uid);

    /// Whether any key needs the message's file: otherwise flags, dates, sizes and
    /// UIDs decide.
    bool reads_messages() const { return root_.cost > Cost::Size; }

    /// Whether there is a MODSEQ among the keys: the answer then tells one too.
    bool has_mod_sequence() const { return has_mod_sequence_; }
    /// Whether sequence numbers are among the keys, `$` aside.
    bool has_sequence_numbers() const { return has_sequence_numbers_; }

    const Key& root() const { return root_; }

private:
    explicit Query(Key root) : root_(std::move(root)) {}

    Key root_;
    bool has_mod_sequence_ = false;
    bool has_sequence_numbers_ = false;
};

} // namespace search
