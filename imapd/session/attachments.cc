// SPDX-License-Identifier: ISC
/// \file
/// `attachment-keywords` of imapd.conf(5): who finds out whether messages have
/// attachments, and when.
///
/// What is new is looked at by the session to which it is \Recent, which is one and no
/// other (R24), before its client hears of it: so the flags are right in the first
/// FETCH, and no two sessions do the same work. A folder that is taken over has
/// thousands that are new; they are looked at a batch at a time, with each command and
/// in IDLE. Older messages are marked when somebody's FETCH has to read their structure
/// (fetch/attributes.cc).
#include <vector>

#include "fetch/attributes.h"
#include "fetch/items.h"
#include "session/session.h"

namespace imapd {
namespace {

/// So much is read before the client gets its turn.
constexpr std::size_t batch = 64;
constexpr std::uint64_t batch_octets = 32 << 20;

} // namespace

bool Session::marks_attachments() const
{
    return settings().mail.attachment_keywords && access_ == mailbox::Access::ReadWrite;
}

void Session::mark_attachments()
{
    if (!marks_attachments())
        return;
    unmarked_.add(mailbox_->take_arrivals());
    if (unmarked_.empty())
        return;
    std::vector<mailbox::Facts> messages;
    mailbox_->for_each(unmarked_.take_first(batch),
                       [&](const mailbox::Facts& facts) { messages.push_back(facts); });
    const Items nothing;
    Attributes attributes(*mailbox_, nothing, Attributes::Attachments::Marked);
    std::uint64_t octets = 0;
    for (const mailbox::Facts& facts : messages) {
        if (octets > batch_octets) {
            unmarked_.add(facts.uid);
            continue;
        }
        octets += facts.octets;
        // One that cannot be read is no reason not to tell of it.
        static_cast<void>(attributes.prepare(facts));
    }
}

} // namespace imapd
