// SPDX-License-Identifier: ISC
#include "fetch/attributes.h"

#include <algorithm>
#include <ctime>

#include "fetch/body.h"
#include "fetch/bodystructure.h"
#include "fetch/email_id.h"
#include "fetch/envelope.h"
#include "imap/date_time.h"
#include "mailbox/wire_size.h"
#include "mime/attachment.h"
#include "mime/preview.h"
#include "mime/structure.h"

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

void Attributes::look_up(const base::NumberSet& uids)
{
    std::vector<Cached> kinds;
    if (items_->has(Kind::Envelope))
        kinds.push_back(Cached::Envelope);
    if (items_->has(Kind::Body))
        kinds.push_back(Cached::Body);
    if (items_->has(Kind::BodyStructure))
        kinds.push_back(Cached::BodyStructure);
    if (items_->has(Kind::Preview) || items_->has(Kind::LazyPreview))
        kinds.push_back(Cached::Preview);
    if (kinds.empty())
        return;
    looked_up_ = mailbox_->cached(uids, kinds, max_looked_up);
    next_looked_up_ = 0;
}

/// What the index has of the message, or nothing.
std::string Attributes::known(Cached kind)
{
    if (facts_.uid > looked_up_.up_to)
        return mailbox_->cached(facts_.uid, kind);
    auto& facts = looked_up_.facts;
    while (next_looked_up_ < facts.size() && facts[next_looked_up_].uid < facts_.uid)
        ++next_looked_up_;
    for (std::size_t i = next_looked_up_;
         i < facts.size() && facts[i].uid == facts_.uid; ++i) {
        if (facts[i].kind == kind)
            return std::move(facts[i].bytes);
    }
    return {};
}

base::Status Attributes::prepare(const mailbox::Facts& facts)
{
    facts_ = facts;
    message_.reset();
    structure_.reset();
    envelope_.clear();
    body_.clear();
    body_structure_.clear();
    preview_.clear();
    email_id_.clear();
    binaries_.clear();

    base::Status done = base::Done{};
    if (items_->has(Kind::Envelope))
        envelope_ = known(Cached::Envelope);
    if (items_->has(Kind::Body))
        body_ = known(Cached::Body);
    if (items_->has(Kind::BodyStructure))
        body_structure_ = known(Cached::BodyStructure);
    const bool needs_structure =
        attachments_ == Attachments::Marked || items_->has(Kind::Section) ||
        (items_->has(Kind::Body) && body_.empty()) ||
        (items_->has(Kind::BodyStructure) && body_structure_.empty());
    if (needs_structure)
        done = prepare_structure();
    if (done && items_->has(Kind::Envelope) && envelope_.empty())
        done = prepare_envelope();
    if (done && items_->has(Kind::Size))
        done = prepare_size();
    if (done && items_->has(Kind::EmailId)) {
        auto id = email_id(*mailbox_, facts.uid);
        if (!id)
            return id.error();
        email_id_ = std::move(*id);
    }
    if (items_->has(Kind::Preview) || items_->has(Kind::LazyPreview))
        preview_ = known(Cached::Preview);
    if (done && items_->has(Kind::Preview) && preview_.empty())
        done = prepare_preview();
    if (done && items_->has(Kind::Section))
        done = prepare_binaries();
    return done;
}

base::Status Attributes::prepare_preview()
{
    if (!structure_) {
        if (auto done = prepare_structure(); !done)
            return done;
    }
    std::string text;
    if (const mime::Part* part = mime::preview_part(*structure_)) {
        std::string octets;
        const auto done =
            read_octets(message_->fd.get(), part->body_offset,
                        std::min(part->body_octets, mime::max_preview_source),
                        [&](std::string_view given) { octets += given; });
        if (!done)
            return done;
        text = mime::preview_text(*part, octets);
    }
    preview_ = imap::quoted_or_literal(text);
    keep(Cached::Preview, preview_);
    return base::Done{};
}

base::Status Attributes::prepare_binaries()
{
    for (const Item& item : items_->list) {
        if (item.kind != Kind::Section || item.section.form == Section::Form::AsItIs)
            continue;
        auto binary = Binary::open(*message_, *structure_, item.section);
        if (!binary)
            return binary.error();
        binaries_.emplace(&item, std::move(*binary));
    }
    return base::Done{};
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
    // Another session may have kept all of it between our looks at the index: what it
    // made of the structure is not in the structure.
    const bool needs_text =
        (items_->has(Kind::Body) && body_.empty()) ||
        (items_->has(Kind::BodyStructure) && body_structure_.empty());
    if (!needs_text) {
        auto known = mime::from_bytes(mailbox_->cached(facts_.uid, Cached::Structure));
        // A file that was edited has another size, as a rule.
        if (known &&
            known->root.header_octets + known->root.body_octets == message_->octets)
            structure_.emplace(std::move(*known));
    }
    const bool is_first = !structure_;
    if (is_first) {
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
    if (attachments_ == Attachments::Marked ||
        (attachments_ == Attachments::MarkedWhenRead && is_first))
        attached_.push_back({facts_.uid, mime::has_attachment(*structure_)});
    const std::uint64_t wire_octets =
        structure_->root.header_wire_octets + structure_->root.body_wire_octets;
    if (facts_.wire_octets != wire_octets)
        keep_wire_octets(wire_octets);
    return base::Done{};
}

base::Status Attributes::prepare_envelope()
{
    if (auto opened = open(); !opened)
        return opened;
    const auto header = read_header(message_->fd.get());
    if (!header)
        return header.error();
    // By the structure's parser, whose bounds are then those of this answer, too.
    const mime::Part root = mime::parse_structure(*header).root;
    envelope_ = envelope_text(root.envelope.value_or(mime::Envelope{}));
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
    const auto counted = mailbox::count_wire_octets(message_->fd.get());
    if (!counted)
        return counted.error();
    keep_wire_octets(*counted);
    return base::Done{};
}

void Attributes::keep(Cached kind, const std::string& bytes)
{
    kept_.push_back({facts_.uid, kind, bytes});
    kept_octets_ += sizeof kept_.back() + bytes.size();
    if (kept_octets_ >= max_kept)
        remember();
}

void Attributes::keep_wire_octets(std::uint64_t wire_octets)
{
    facts_.wire_octets = wire_octets;
    kept_sizes_.emplace_back(facts_.uid, wire_octets);
    kept_octets_ += sizeof kept_sizes_.back();
    if (kept_octets_ >= max_kept)
        remember();
}

void Attributes::remember()
{
    mailbox_->remember(kept_);
    mailbox_->remember_wire_octets(kept_sizes_);
    mailbox_->mark_attachments(attached_);
    kept_.clear();
    kept_sizes_.clear();
    attached_.clear();
    kept_octets_ = 0;
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
    case Kind::ModSequence:
        out.raw("MODSEQ (").number(facts_.mod_sequence).raw(")");
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
    case Kind::SaveDate:
        out.raw("SAVEDATE ").raw(imap::to_text(local_time(facts_.saved_date)));
        break;
    case Kind::EmailId:
        out.raw("EMAILID (").raw(email_id_).raw(")");
        break;
    case Kind::ThreadId: // RFC 8474 §5.2: NIL where threads are not known
        out.raw("THREADID NIL");
        break;
    case Kind::Preview:
    case Kind::LazyPreview: // RFC 8970 §4.1: NIL for what would have to be made now
        out.raw("PREVIEW ").raw(preview_.empty() ? "NIL" : preview_);
        break;
    case Kind::Section:
        write_section(out, item);
        break;
    }
}

void Attributes::write_section(imap::Writer& out, const Item& item) const
{
    out.raw(item.section.label).space();
    switch (item.section.form) {
    case Section::Form::AsItIs:
        Body(*message_, *structure_).write(out, item.section);
        break;
    case Section::Form::Decoded:
        binaries_.at(&item).write(out, *message_);
        break;
    case Section::Form::DecodedSize:
        out.number(binaries_.at(&item).octets());
        break;
    }
}

} // namespace imapd
