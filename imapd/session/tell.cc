// SPDX-License-Identifier: ISC
/// \file
/// What a client is told unasked: how the updates that the view works out are written.
/// RFC 9051 §7.5; RFC 7162 for MODSEQ, VANISHED and HIGHESTMODSEQ.

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "commands/fetch_messages.h"
#include "io/disconnected.h"
#include "session/notifier.h"
#include "session/session.h"

namespace imapd {
namespace {

/// So many messages are looked up at once: nothing is written inside the index's
/// transaction (R19).
constexpr std::size_t batch = 256;

} // namespace

void Session::tell(Expunges expunges, Numbering numbering)
{
    const auto before = output_.written();
    const auto highest = tell_changes(expunges, numbering);
    if (highest && output_.written() != before)
        tell_highest(*highest);
}

std::optional<std::uint64_t> Session::tell_changes(Expunges expunges,
                                                   Numbering numbering)
{
    if (!mailbox_)
        return std::nullopt;
    try {
        const auto synced = mailbox_->sync();
        if (!synced && synced.error().code == base::Errc::Gone) {
            writer_.untagged("BYE " + synced.error().text);
            is_over_ = true;
            return std::nullopt;
        }
        if (!synced)
            start_->log.warn("sync-failed", {{"folder", mailbox_->name()},
                                             {"error", synced.error().text}});
        mark_attachments();
        if (may_add_keywords_ && !mailbox_->has_room_for_keywords())
            tell_keywords(); // RFC 9051 §7.1: then it must be told
        const auto* notify =
            notifier_ && notifier_->selected() ? &*notifier_->selected() : nullptr;
        // RFC 5465 §3.1: of what was not asked for nothing is told, but for what is
        // the answer to a command.
        const bool is_all = !notifier_ || (notify && notify->messages && notify->flags);
        if (notifier_ && !(notify && notify->messages) && !is_own_change_)
            return mailbox_->highest_mod_sequence() > view_->mod_sequence()
                       ? highest_to_tell()
                       : std::nullopt;
        const auto changes = is_all ? with_kept(mailbox_->changes())
                                    : keep_unwanted(mailbox_->changes());
        const Updates updates = view_->advance(changes, expunges);
        write(updates, notifier_ ? Numbering::Uid : numbering); // RFC 5465 §5.1
        if (notify && !notify->new_messages.list.empty())
            fetch_new(changes.appeared);
        own_messages_.clear();
        // RFC 7162 §3.2.7: the mod-sequence of what has vanished is nowhere else.
        if (!updates.vanished.empty() || !view_->withheld().empty() ||
            !kept_.is_empty())
            return highest_to_tell();
    } catch (const std::exception& error) { // as in dispatch: the boundary
        start_->log.error("internal-error", {{"what", error.what()}});
        if (in_response_)
            throw io::Disconnected{io::Disconnected::Reason::Failed};
    }
    return std::nullopt;
}

/// RFC 7162 §3.2: while something may not be told, what the client thinks to have must
/// be less than the mod-sequences that it sees elsewhere.
std::optional<std::uint64_t> Session::highest_to_tell() const
{
    if (!is_enabled(Extension::Qresync))
        return std::nullopt;
    return view_->mod_sequence();
}

mailbox::Changes Session::with_kept(mailbox::Changes changes)
{
    kept_.appeared.remove(changes.vanished); // came and went in between
    kept_.recent.remove(changes.vanished);
    changes.appeared.add(kept_.appeared);
    changes.recent.add(kept_.recent);
    changes.flagged.insert(changes.flagged.end(), kept_.flagged.begin(),
                           kept_.flagged.end());
    kept_ = {};
    return changes;
}

mailbox::Changes Session::keep_unwanted(mailbox::Changes changes)
{
    const auto& selected = notifier_->selected();
    const bool wants_messages = selected && selected->messages;
    changes = with_kept(std::move(changes));
    kept_.flagged = std::exchange(changes.flagged, {});
    if (!wants_messages) {
        kept_.appeared = std::exchange(changes.appeared, {});
        kept_.recent = std::exchange(changes.recent, {});
    }
    if (!kept_.is_empty())
        changes.mod_sequence = view_->mod_sequence(); // not told up to there
    return changes;
}

void Session::fetch_new(base::NumberSet uids)
{
    uids.remove(own_messages_); // RFC 5465 §5.2
    Items items = notifier_->selected()->new_messages;
    // It is unsolicited, like those of `write_fetch`: RFC 9051 §7.5.2, RFC 7162 §3.2.4.
    const bool is_aware = is_enabled(Extension::Condstore);
    if ((is_aware || is_enabled(Extension::Imap4rev2)) && !items.has(Item::Kind::Uid))
        items.list.insert(items.list.begin(), {Item::Kind::Uid, {}});
    if (is_aware && !items.has(Item::Kind::ModSequence))
        items.list.push_back({Item::Kind::ModSequence, {}});
    const Fetched fetched =
        fetch_messages(*this, items, uids.intersect(view_->uids()), {});
    if (!fetched.failed)
        start_->log.warn("notify", {{"error", fetched.failed.error().text}});
}

base::Status Session::notify(NotifySpec spec, StatusWanted status)
{
    auto notifier = std::make_unique<Notifier>(*this, std::move(spec));
    if (auto begun = notifier->begin(); !begun)
        return begun;
    if (observer()) // §3.1: what has accumulated is told first
        tell_of_others();
    notifier_ = std::move(notifier);
    annotations_.reset(); // RFC 5465 §3.1: what was not asked for is not told
    if (status == StatusWanted::Yes)
        notifier_->tell_all_status();
    return base::Done{};
}

void Session::observe_annotations()
{
    if (notifier_)
        return;
    NotifyGroup all;
    all.events.annotations = true;
    all.events.server_annotations = true;
    NotifySpec spec;
    spec.groups.push_back(std::move(all));
    annotations_ = std::make_unique<Notifier>(*this, std::move(spec));
    if (auto begun = annotations_->begin(); !begun)
        stop_notifying();
}

void Session::tell_of_others()
{
    if (!observer())
        return;
    try {
        if (!observer()->tell(Notifier::Telling::Aloud))
            stop_notifying();
    } catch (const std::exception& error) { // as in dispatch: the boundary
        start_->log.error("internal-error", {{"what", error.what()}});
        if (in_response_)
            throw io::Disconnected{io::Disconnected::Reason::Failed};
    }
}

/// RFC 5465 §5.8: as if the client had said NOTIFY NONE. Of annotations alone it hears
/// no more, and has no code to learn of that.
void Session::stop_notifying()
{
    if (!notifier_) {
        start_->log.warn("too-much-to-watch", {{"for", "METADATA"}});
        annotations_.reset();
        return;
    }
    notifier_ = std::make_unique<Notifier>(*this, NotifySpec());
    writer_.untagged("OK [NOTIFICATIONOVERFLOW] There is too much to watch");
}

void Session::tell_highest(std::uint64_t mod_sequence)
{
    writer_.untagged("OK [HIGHESTMODSEQ " + std::to_string(mod_sequence) +
                     "] All is told up to here");
}

void Session::write(const Updates& updates, Numbering numbering)
{
    if (!is_enabled(Extension::Qresync)) {
        for (const std::uint32_t number : updates.expunged)
            writer_.begin().number(number).raw(" EXPUNGE").end();
    } else if (!updates.vanished.empty()) { // RFC 7162 §3.2.10
        writer_.begin().raw("VANISHED ").raw(updates.vanished.to_text()).end();
    }
    if (updates.exists)
        writer_.begin().number(*updates.exists).raw(" EXISTS").end();
    if (updates.recent && !is_enabled(Extension::Imap4rev2))
        writer_.begin().number(*updates.recent).raw(" RECENT").end();
    write_fetches(updates.flagged, Telling::Flags, numbering);
    if (is_enabled(Extension::Condstore))
        write_fetches(updates.touched, Telling::ModSequence, numbering);
}

void Session::tell_keywords()
{
    const bool is_kept = access_ == mailbox::Access::ReadWrite;
    may_add_keywords_ = is_kept && mailbox_->has_room_for_keywords();
    const auto& keywords = mailbox_->keywords();
    writer_.begin().raw("FLAGS ").raw(flag_list(keywords)).end();
    const std::string permanent =
        is_kept ? flag_list(keywords, may_add_keywords_ ? " \\*" : "") : "()";
    writer_.begin().raw("OK [PERMANENTFLAGS ").raw(permanent);
    writer_.raw("] Flags kept").end();
}

void Session::tell_flags(const base::NumberSet& uids, Numbering numbering)
{
    write_fetches(uids, Telling::Flags, numbering);
}

void Session::write_fetches(base::NumberSet uids, Telling telling, Numbering numbering)
{
    std::vector<mailbox::Facts> told;
    while (!uids.empty()) {
        told.clear();
        mailbox_->for_each(uids.take_first(batch),
                           [&](const mailbox::Facts& facts) { told.push_back(facts); });
        for (const mailbox::Facts& facts : told)
            write_fetch(facts, telling, numbering);
    }
}

void Session::write_fetch(const mailbox::Facts& facts, Telling telling,
                          Numbering numbering)
{
    const bool is_aware = is_enabled(Extension::Condstore);
    writer_.begin().number(view_->number(facts.uid)).raw(" FETCH (");
    // RFC 9051 §6.4.9 for the UID commands, §7.5.2 and RFC 7162 §3.2.4 for what is
    // unsolicited.
    if (is_aware || numbering == Numbering::Uid || is_enabled(Extension::Imap4rev2))
        writer_.raw("UID ").number(facts.uid).space();
    if (telling == Telling::Flags) {
        writer_.raw("FLAGS ");
        writer_.flags(
            wire_flags(facts.flags, mailbox_->keywords(), shows_recent(facts.uid)));
        if (is_aware)
            writer_.space();
    }
    if (is_aware)
        writer_.raw("MODSEQ (").number(facts.mod_sequence).raw(")");
    writer_.raw(")").end();
}

} // namespace imapd
