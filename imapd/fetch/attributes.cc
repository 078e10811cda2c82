// SPDX-License-Identifier: ISC
#include "fetch/attributes.h"

#include <ctime>

#include "fetch/body.h"
#include "fetch/bodystructure.h"
#include "fetch/envelope.h"
#include "imap/date_time.h"
#include "mime/header.h"

namespace imapd {

using Kind = Item::Kind;
using mailbox::Cached;

namespace {

/// A moment in the server's zone, as INTERNALDATE shows it.
imap::DateTime local_time(std::int64_t seconds)
{
    const auto when = static_cast<std::time_t>(seconds);
    std::tm local = {};
    ::localtime_r(&when, &local);
    return {seconds, static_cast<int>(local.tm_gmtoff / 60)};
}

} // namespace

base::Status Attributes::prepare(const mailbox::Facts& facts)
{
    facts_ = facts;
    message_.reset();
    structure_.reset();
    envelope_.clear();
    body_.clear();
    body_structure_.clear();

    base::Status done = base::Done{};
    if (items_->has(Kind::Envelope))
        envelope_ = mailbox_->cached(facts.uid, Cached::Envelope);
    if (items_->has(Kind::Body))
        body_ = mailbox_->cached(facts.uid, Cached::Body);
    if (items_->has(Kind::BodyStructure))
        body_structure_ = mailbox_->cached(facts.uid, Cached::BodyStructure);
    const bool needs_structure =
        items_->has(Kind::Section) || (items_->has(Kind::Body) && body_.empty()) ||
        (items_->has(Kind::BodyStructure) && body_structure_.empty());
    if (needs_structure)
        done = prepare_structure();
    if (done && items_->has(Kind::Envelope) && envelope_.empty())
        done = prepare_envelope();
    if (done && items_->has(Kind::Size))
        done = prepare_size();
    return done;
}

base::Status Attributes::open()
{
    if (message_)
        return base::Done{};
    auto message = mailbox_->message(facts_.uid);
    if (!message)
        return message.error();
    message_.emplace(std::move(*message));
    return base::Done{};
}

base::Status Attributes::prepare_structure()
{
    if (auto opened = open(); !opened)
        return opened;
    if (auto known =
            mime::from_bytes(mailbox_->cached(facts_.uid, Cached::Structure))) {
        // A file that was edited has another size, as a rule.
        const mime::Part& root = known->root;
        if (root.header_octets + root.body_octets == message_->octets)
            structure_.emplace(std::move(*known));
    }
    if (!structure_) {
        auto read = read_structure(message_->fd.get());
        if (!read)
            return read.error();
        structure_.emplace(std::move(*read));
        const mime::Part& root = structure_->root;
        envelope_ = envelope_text(root.envelope.value_or(mime::Envelope{}));
        body_ = body_text(root, Extensions::Without);
        body_structure_ = body_text(root, Extensions::With);
        keep(Cached::Structure, mime::to_bytes(*structure_));
        keep(Cached::Envelope, envelope_);
        keep(Cached::Body, body_);
        keep(Cached::BodyStructure, body_structure_);
    }
    const std::uint64_t wire_octets =
        structure_->root.header_wire_octets + structure_->root.body_wire_octets;
    if (facts_.wire_octets != wire_octets)
        mailbox_->remember_wire_octets(facts_.uid, wire_octets);
    facts_.wire_octets = wire_octets;
    return base::Done{};
}

base::Status Attributes::prepare_envelope()
{
    if (auto opened = open(); !opened)
        return opened;
    const auto header = read_header(message_->fd.get());
    if (!header)
        return header.error();
    envelope_ = envelope_text(mime::parse_envelope(mime::Header::parse(*header)));
    keep(Cached::Envelope, envelope_);
    return base::Done{};
}

base::Status Attributes::prepare_size()
{
    // The empty file has no octets on the wire either; counting it costs nothing.
    if (facts_.wire_octets != 0)
        return base::Done{};
    if (auto opened = open(); !opened)
        return opened;
    const auto counted = count_wire_octets(message_->fd.get());
    if (!counted)
        return counted.error();
    mailbox_->remember_wire_octets(facts_.uid, *counted);
    facts_.wire_octets = *counted;
    return base::Done{};
}

void Attributes::keep(Cached kind, const std::string& bytes)
{
    kept_.push_back({facts_.uid, kind, bytes});
    if (kept_.size() >= batch)
        remember();
}

void Attributes::remember()
{
    mailbox_->remember(kept_);
    kept_.clear();
}

void Attributes::write(imap::Writer& out, const imap::Flags& flags) const
{
    bool is_first = true;
    for (const Item& item : items_->list) {
        if (!is_first)
            out.space();
        is_first = false;
        write(out, item, flags);
    }
}

void Attributes::write(imap::Writer& out, const Item& item,
                       const imap::Flags& flags) const
{
    switch (item.kind) {
    case Kind::Flags:
        out.raw("FLAGS ").flags(flags);
        break;
    case Kind::InternalDate:
        out.raw("INTERNALDATE ").raw(imap::to_text(local_time(facts_.internal_date)));
        break;
    case Kind::Size:
        out.raw("RFC822.SIZE ").number(facts_.wire_octets);
        break;
    case Kind::Uid:
        out.raw("UID ").number(facts_.uid);
        break;
    case Kind::Envelope:
        out.raw("ENVELOPE ").raw(envelope_);
        break;
    case Kind::Body:
        out.raw("BODY ").raw(body_);
        break;
    case Kind::BodyStructure:
        out.raw("BODYSTRUCTURE ").raw(body_structure_);
        break;
    case Kind::Section:
        out.raw(item.section.label).space();
        Body(*message_, *structure_).write(out, item.section);
        break;
    }
}

} // namespace imapd
