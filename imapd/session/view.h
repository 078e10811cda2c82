// SPDX-License-Identifier: ISC
/// \file
/// What one client knows of its selected mailbox, and nothing else knows of a client.
#pragma once

#include <cstdint>
#include <optional>

#include "base/number_set.h"
#include "imap/sequence_set.h"
#include "mailbox/changes.h"
#include "session/updates.h"

namespace imapd {

/// How a command names messages: FETCH by sequence number, UID FETCH by UID.
enum class Numbering { Sequence, Uid };

/// Whether EXPUNGE may be told at this moment (RFC 9051 §7.5.1): not at the end of
/// a FETCH, STORE or SEARCH by sequence number, whose pipelined successors would
/// mean other messages than they say.
enum class Expunges { Withheld, Told };

/// A client's picture of its mailbox.
///
/// IMAP's hard promise is that sequence numbers mean the same messages to both
/// sides at every moment. Servers keep it in one of two ways. Most queue events:
/// each change becomes an entry that waits until the client may hear it, and the
/// queue's state is a second truth beside the mailbox, which has to be merged with
/// whatever happened meanwhile (a message that arrives and goes before the client
/// was told of either; flags set and cleared again). We keep no queue (R25). The
/// view holds the UIDs that the client knows, in order: the sequence number of a
/// message *is* its place among them, and no other part of the program ever sees
/// one (R5). What the client is told is the difference between that and the mailbox
/// at the moment of telling, worked out by `advance`, which also counts it as told.
/// A message that came and went in between is in neither, and costs nothing.
///
/// The one thing kept back are EXPUNGEs that may not be told yet: those messages
/// stay in `uids_`, and keep their numbers, until they may. A command that names one
/// finds the mailbox without it and says so ([EXPUNGEISSUED], RFC 5530 §3).
///
/// UIDs are kept as ranges, so that a view of 100,000 messages takes a few octets
/// and `resolve` and `numbers` cost O(log ranges) a range. What was rejected: a
/// vector of UIDs (0.4 MB a client), and per-message told flags (the index's mod-
/// sequences tell what changed since, RFC 7162 §3.1, and need no memory here).
class View {
public:
    /// The UIDs that `set` means to this client. Nothing if a sequence number is
    /// beyond the last message (the client's error, BAD); UIDs that do not exist
    /// are left out (RFC 9051 §6.4.9). `$` is what was saved, and never an error.
    std::optional<base::NumberSet> resolve(const imap::SequenceSet& set,
                                           Numbering numbering) const;

    /// The sequence number of `uid`, which the client must know.
    std::uint32_t number(std::uint32_t uid) const;
    bool knows(std::uint32_t uid) const { return uids_.contains(uid); }

    /// `uids` as the numbers that a response to a command of that numbering uses.
    base::NumberSet numbers(const base::NumberSet& uids, Numbering numbering) const;

    /// Takes in what happened and gives what to tell now, counted as told.
    Updates advance(const mailbox::Changes& changes, Expunges expunges);

    /// The client works out the flags of these for itself: .SILENT, or a FETCH
    /// response just gave them. Changes up to `mod_sequence` are not told again.
    void flags_known(const base::NumberSet& uids, std::uint64_t mod_sequence);
    /// These are told at the next advance, changed or not (RFC 9051 §6.4.6).
    void flags_asked(const base::NumberSet& uids);
    /// Of these the mod-sequence is told at the next advance, if the flags are not:
    /// a client that works them out for itself still has to know it (RFC 7162 §3.1.3).
    void mod_sequences_asked(const base::NumberSet& uids);

    /// Up to this mod-sequence the client has been told everything. It stands still
    /// while EXPUNGEs are withheld (RFC 7162 §3.2): a client that remembered a later
    /// one would never hear of them after a break.
    std::uint64_t mod_sequence() const { return mod_sequence_; }

    /// Makes `uids` what `$` stands for from now on. RFC 9051 §6.4.4.1.
    void save(const base::NumberSet& uids) { saved_ = uids; }

    std::size_t exists() const { return uids_.size(); }
    std::size_t recent() const { return recent_.size(); }
    bool is_recent(std::uint32_t uid) const { return recent_.contains(uid); }
    const base::NumberSet& uids() const { return uids_; }
    const base::NumberSet& recent_uids() const { return recent_; }
    /// Those that are gone, but that the client may not be told of yet.
    const base::NumberSet& withheld() const { return withheld_; }

private:
    base::NumberSet uids_;     ///< what the client knows, in order
    base::NumberSet recent_;   ///< those of them that are \Recent here
    base::NumberSet withheld_; ///< gone, not told
    base::NumberSet asked_;
    base::NumberSet mod_sequence_asked_;
    base::NumberSet known_;
    std::uint64_t known_up_to_ = 0;
    std::uint64_t mod_sequence_ = 0;
    base::NumberSet saved_; ///< what `$` stands for
};

} // namespace imapd
