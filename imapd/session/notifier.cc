// SPDX-License-Identifier: ISC
#include "session/notifier.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "commands/status_items.h"
#include "session/session.h"

namespace imapd {
namespace {

/// A directory is a folder once there are others in it: whoever makes one is given
/// this long before we look for the second time.
constexpr std::int64_t settling_us = 200'000;

NotifyEvents united(const NotifyEvents& a, const NotifyEvents& b)
{
    return {a.messages || b.messages,
            a.flags || b.flags,
            a.mailbox_names || b.mailbox_names,
            a.subscriptions || b.subscriptions,
            a.annotations || b.annotations,
            a.server_annotations || b.server_annotations};
}

bool is_below(const std::string& folder, const std::string& top)
{
    return folder.size() > top.size() && folder.starts_with(top) &&
           (top.empty() || folder[top.size()] == '.');
}

bool is_in(const NotifyGroup& group, const std::string& folder, bool is_subscribed)
{
    using Filter = NotifyGroup::Filter;
    switch (group.filter) {
    case Filter::Personal:
        return true;
    case Filter::Subscribed:
        return is_subscribed;
    case Filter::Mailboxes:
    case Filter::Subtree:
        break;
    }
    return std::any_of(
        group.folders.begin(), group.folders.end(), [&](const std::string& named) {
            return named == folder ||
                   (group.filter == Filter::Subtree &&
                    is_below(folder, named.empty() ? "INBOX" : named)); // "" on disk
        });
}

/// The names whose values differ, or that only one has.
std::vector<std::string> differences(const mailbox::Annotations& before,
                                     const mailbox::Annotations& now)
{
    std::vector<std::string> names;
    for (const auto& [name, value] : now) {
        const auto old = before.find(name);
        if (old == before.end() || old->second != value)
            names.push_back(name);
    }
    for (const auto& [name, value] : before) {
        if (!now.contains(name))
            names.push_back(name);
    }
    return names;
}

/// By folder, what it was called before.
using Renamed = std::map<std::string, std::string>;

Renamed renamed_between(const mailbox::Observation::Identities& before,
                        const mailbox::Observation::Identities& now)
{
    Renamed renamed;
    for (const auto& [folder, identity] : now) {
        if (const auto at = before.find(folder);
            at != before.end() && at->second == identity)
            continue;
        for (const auto& [old, old_identity] : before) {
            const auto still = now.find(old);
            if (old_identity == identity &&
                (still == now.end() || still->second != identity))
                renamed[folder] = old;
        }
    }
    return renamed;
}

/// Whether a folder above it took it along: of children nothing is told. §5.4
bool is_renamed_with_parent(const std::string& folder, const Renamed& renamed)
{
    const std::string& old = renamed.at(folder);
    return std::any_of(renamed.begin(), renamed.end(), [&](const auto& one) {
        const auto& [parent, old_parent] = one;
        return is_below(folder, parent) && is_below(old, old_parent) &&
               folder.substr(parent.size()) == old.substr(old_parent.size());
    });
}

/// metadata-resp without values. RFC 5464 §4.4.2
void write_changed_entries(imap::Writer& out, std::string_view mailbox,
                           const std::vector<std::string>& names)
{
    out.begin().raw("METADATA ");
    if (mailbox.empty())
        out.raw("\"\"");
    else
        out.mailbox(mailbox);
    for (const std::string& name : names)
        out.space().astring(name);
    out.end();
}

} // namespace

Notifier::Notifier(Session& session, NotifySpec spec)
    : session_(&session), spec_(std::move(spec)), observation_(session.store())
{
}

Notifier::~Notifier() = default;

NotifyEvents Notifier::events_of(const std::string& folder, const Level* level) const
{
    NotifyEvents events;
    for (const NotifyGroup& group : spec_.groups) {
        if (is_in(group, folder, level && level->is_subscribed))
            events = united(events, group.events);
    }
    return events;
}

const Level* Notifier::level_of(const std::string& folder) const
{
    const auto at = levels_.find(session_->names().wire(folder));
    return at == levels_.end() ? nullptr : &at->second;
}

base::Result<Levels> Notifier::look_at_tree()
{
    auto& store = session_->store();
    const auto folders = observation_.folders();
    if (!folders)
        return folders.error();
    const auto uses = store.special_uses(*folders);
    if (!uses)
        return uses.error();
    const auto subscribed = store.subscriptions();
    if (!subscribed)
        return subscribed.error();
    return levels_of(session_->names(), *folders, *subscribed, *uses);
}

base::Status Notifier::observe()
{
    std::set<std::string> wanted;
    for (const auto& [name, level] : levels_) {
        if (!level.exists)
            continue;
        const NotifyEvents events = events_of(level.folder, &level);
        if (events.messages || events.flags || events.annotations ||
            events.mailbox_names)
            wanted.insert(level.folder);
    }
    if (auto done = observation_.observe(wanted); !done)
        return done;
    std::erase_if(told_, [&](const auto& one) { return !wanted.contains(one.first); });
    for (const std::string& folder : wanted) {
        if (!told_.contains(folder))
            take_in(folder);
    }
    return base::Done{};
}

/// Counts a mailbox as it is now as told.
void Notifier::take_in(const std::string& folder)
{
    Told& told = told_[folder];
    const NotifyEvents events = events_of(folder, level_of(folder));
    if (events.messages || events.flags) {
        if (const auto counters = session_->store().counters(folder))
            told.counters = *counters;
    }
    if (events.annotations) {
        if (const auto annotations = session_->store().metadata(folder))
            told.annotations = annotations->entries();
    }
}

base::Status Notifier::begin()
{
    auto levels = look_at_tree();
    if (!levels)
        return levels.error();
    levels_ = std::move(*levels);
    // Watch first, then look (R22): observe takes in what it begins to watch.
    if (auto done = observe(); !done)
        return done;
    if (const auto server = session_->store().server_metadata())
        server_annotations_ = server->entries();
    return base::Done{};
}

void Notifier::tell_all_status()
{
    for (const auto& [folder, told] : told_) {
        if (!told.counters || session_->is_selected(folder))
            continue;
        const NotifyEvents events = events_of(folder, level_of(folder));
        StatusItems items = {"MESSAGES", "UIDNEXT", "UIDVALIDITY"};
        if (events.flags) // also to a client that has not enabled CONDSTORE
            items.push_back("HIGHESTMODSEQ");
        write_status(*session_, folder, items, *told.counters);
    }
}

base::Status Notifier::tell(Telling telling)
{
    auto news = observation_.take();
    const std::int64_t now = session_->clock().steady_us();
    if (news.tree && session_->store().events_fd() >= 0)
        look_again_at_ = now + settling_us;
    else if (look_again_at_ && now >= *look_again_at_) {
        look_again_at_.reset();
        news.tree = true;
    }
    if (news.tree || news.subscriptions) {
        if (auto done = tell_tree(telling); !done)
            return done;
    }
    for (const std::string& folder : news.messages)
        tell_messages(folder);
    for (const std::string& folder : news.annotations)
        tell_annotations(folder, telling);
    if (news.server_annotations)
        tell_server_annotations(telling);
    return base::Done{};
}

base::Status Notifier::tell_tree(Telling telling)
{
    auto now = look_at_tree();
    if (!now) {
        session_->log().warn("notify", {{"error", now.error().text}});
        return base::Done{};
    }
    const Levels before = std::exchange(levels_, std::move(*now));
    const auto identities = observation_.identities();
    if (auto done = observe(); !done)
        return done;
    if (telling == Telling::TreeSilent)
        return base::Done{};
    const Renamed renamed = renamed_between(identities, observation_.identities());
    for (const auto& name : affected(before, renamed)) {
        const auto at = levels_.find(name);
        const auto folder = session_->names().folder(name);
        const auto old = folder ? renamed.find(*folder) : renamed.end();
        tell_level(name, at == levels_.end() ? Level{} : at->second,
                   old == renamed.end() ? "" : session_->names().wire(old->second));
    }
    return base::Done{};
}

/// The names, as the client knows them, of which there is something to tell. §5.4, §5.5
std::set<std::string> Notifier::affected(const Levels& before,
                                         const Renamed& renamed) const
{
    std::set<std::string> names;
    for (const auto& [name, level] : levels_)
        names.insert(name);
    for (const auto& [name, level] : before)
        names.insert(name);
    std::set<std::string> affected;
    for (const std::string& name : names) {
        const auto old = before.find(name);
        const auto now = levels_.find(name);
        const Level was = old == before.end() ? Level{} : old->second;
        const Level is = now == levels_.end() ? Level{} : now->second;
        if (was.exists != is.exists && wants(name, &NotifyEvents::mailbox_names) &&
            !is_of_renaming(name, renamed)) {
            affected.insert(name);
            const auto end = name.rfind(session_->names().separator());
            if (end != std::string::npos &&
                wants(name.substr(0, end), &NotifyEvents::mailbox_names))
                affected.insert(name.substr(0, end));
        }
        if (was.is_subscribed != is.is_subscribed &&
            wants(name, &NotifyEvents::subscriptions))
            affected.insert(name);
    }
    for (const auto& [folder, old] : renamed) {
        const std::string name = session_->names().wire(folder);
        if (wants(name, &NotifyEvents::mailbox_names) &&
            !is_renamed_with_parent(folder, renamed))
            affected.insert(name);
    }
    return affected;
}

bool Notifier::wants(const std::string& name, bool NotifyEvents::*event) const
{
    const auto folder = session_->names().folder(name);
    if (!folder)
        return false;
    const auto level = levels_.find(name);
    return events_of(*folder, level == levels_.end() ? nullptr : &level->second).*event;
}

/// Whether the name came up, or went, by a renaming.
bool Notifier::is_of_renaming(const std::string& name, const Renamed& renamed) const
{
    const auto folder = session_->names().folder(name);
    if (!folder)
        return false;
    return std::any_of(renamed.begin(), renamed.end(), [&](const auto& one) {
        return one.first == *folder || one.second == *folder;
    });
}

void Notifier::tell_level(const std::string& name, const Level& level,
                          const std::string& old_name)
{
    std::string attributes = level.exists ? "" : "\\NonExistent ";
    attributes += level.has_children ? "\\HasChildren" : "\\HasNoChildren";
    if (level.is_subscribed)
        attributes += " \\Subscribed";
    for (const auto use : level.uses)
        attributes += " " + std::string(attribute_of(use));
    write_level(*session_, "LIST", attributes, name,
                old_name.empty() ? ""
                                 : "(\"OLDNAME\" (" + imap::astring(old_name) + "))");
}

void Notifier::tell_messages(const std::string& folder)
{
    const auto at = told_.find(folder);
    if (at == told_.end() || !at->second.counters)
        return;
    const auto found = session_->store().counters(folder);
    if (!found)
        return; // it is gone, and the tree tells so
    const mailbox::Counters before = *std::exchange(at->second.counters, *found);
    // Of the selected mailbox the client hears otherwise.
    if (session_->is_own_change_of(folder) || session_->is_selected(folder))
        return;
    const NotifyEvents events = events_of(folder, level_of(folder));
    const mailbox::Counters& now = *found;
    const bool has_mod_sequences = session_->is_enabled(Extension::Condstore);
    const bool is_other = now.uid_validity != before.uid_validity;
    const bool came_or_went =
        now.messages != before.messages || now.uid_next != before.uid_next;
    StatusItems items;
    if (events.messages && (came_or_went || is_other))
        items = {"UIDNEXT", "MESSAGES"};
    const bool flags_changed =
        events.flags && (now.unseen != before.unseen ||
                         (has_mod_sequences &&
                          now.highest_mod_sequence != before.highest_mod_sequence));
    if (is_other || flags_changed) // §5.1
        items.push_back("UIDVALIDITY");
    if (flags_changed)
        items.push_back("UNSEEN");
    if (!items.empty() && has_mod_sequences) // §5.2
        items.push_back("HIGHESTMODSEQ");
    if (!items.empty())
        write_status(*session_, folder, items, now);
}

void Notifier::tell_annotations(const std::string& folder, Telling telling)
{
    const auto at = told_.find(folder);
    if (at == told_.end() || !events_of(folder, level_of(folder)).annotations)
        return;
    const auto found = session_->store().metadata(folder);
    if (!found)
        return;
    const auto before = std::exchange(at->second.annotations, found->entries());
    const auto names = differences(before, found->entries());
    if (!names.empty() && telling == Telling::Aloud)
        write_changed_entries(session_->writer(), session_->names().wire(folder),
                              names);
}

void Notifier::tell_server_annotations(Telling telling)
{
    const auto found = session_->store().server_metadata();
    if (!found)
        return;
    const auto before = std::exchange(server_annotations_, found->entries());
    const auto names = differences(before, found->entries());
    const bool is_wanted = std::any_of(
        spec_.groups.begin(), spec_.groups.end(),
        [](const NotifyGroup& group) { return group.events.server_annotations; });
    if (!names.empty() && is_wanted && telling == Telling::Aloud)
        write_changed_entries(session_->writer(), "", names);
}

} // namespace imapd
