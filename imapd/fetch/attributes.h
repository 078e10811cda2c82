// SPDX-License-Identifier: ISC
/// \file
/// One message's answer to a FETCH.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "fetch/binary.h"
#include "fetch/items.h"
#include "imap/writer.h"
#include "mailbox/mailbox.h"
#include "mime/structure.h"

namespace imapd {

/// Works out what was asked for of a message and writes it, with what the index has
/// where it has it. What had to be worked out is kept for the next time, in batches.
///
/// Everything that can fail is done before the first octet is written: a message
/// that is gone leaves no half a response.
class Attributes {
public:
    /// Which messages get a keyword that says whether they have attachments: none,
    /// those whose structure nobody has read before, or all that are prepared.
    enum class Attachments { NotMarked, MarkedWhenRead, Marked };

    /// Both must outlive it.
    Attributes(mailbox::Mailbox& mailbox, const Items& items, Attachments attachments)
        : mailbox_(&mailbox), items_(&items), attachments_(attachments)
    {
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    /// Keeps what has been worked out since the last batch.
    ~Attributes() { remember(); }

    /// Looks up what the index has of messages that are to be prepared next, in
    /// ascending order; not needed, but one look for many is cheaper.
    void look_up(const base::NumberSet& uids);
    /// Looks at the message. NotFound: it is gone.
    base::Status prepare(const mailbox::Facts& facts);
    /// Writes the items of the message prepared, separated by spaces. `flags` are as
    /// this session sees them.
    void write(imap::Writer& out, const imap::Flags& flags) const;

private:
    /// Facts are written to the index when so many octets of them have come together:
    /// a transaction costs as much as some dozen of them.
    static constexpr std::size_t max_kept = std::size_t{256} << 10;
    /// So many octets are looked up beforehand.
    static constexpr std::size_t max_looked_up = std::size_t{256} << 10;

    std::string known(mailbox::Cached kind);
    base::Status open();
    base::Status prepare_envelope();
    base::Status prepare_structure();
    base::Status prepare_size();
    base::Status prepare_preview();
    base::Status prepare_binaries();
    void keep(mailbox::Cached kind, const std::string& bytes);
    void keep_wire_octets(std::uint64_t wire_octets);
    void remember();
    void write(imap::Writer& out, const Item& item, const imap::Flags& flags) const;
    void write_section(imap::Writer& out, const Item& item) const;

    mailbox::Mailbox* mailbox_;
    const Items* items_;
    Attachments attachments_;
    mailbox::Facts facts_;
    std::optional<mailbox::Message> message_;
    std::optional<mime::Structure> structure_;
    std::string envelope_;
    std::string body_;
    std::string body_structure_;
    std::string preview_; ///< in wire form; empty: not known
    std::string email_id_;
    std::map<const Item*, Binary> binaries_;
    mailbox::Mailbox::CachedFacts looked_up_;
    std::size_t next_looked_up_ = 0; ///< of the facts: the first that may be asked for
    std::vector<mailbox::Mailbox::Fact> kept_;
    std::vector<mailbox::Mailbox::WireOctets> kept_sizes_;
    std::vector<mailbox::Mailbox::Attached> attached_;
    std::size_t kept_octets_ = 0;
};

} // namespace imapd
