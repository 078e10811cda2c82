// SPDX-License-Identifier: ISC
/// \file
/// The keywords $HasAttachment and $HasNoAttachment, of IANA's registry of IMAP and
/// JMAP keywords.
#include "mailbox/mailbox.h"
#include "mailbox/store.h"
#include "text/ascii.h"

namespace mailbox {

namespace {

constexpr std::string_view has_one = "$HasAttachment";
constexpr std::string_view has_none = "$HasNoAttachment";

/// The bits that these two have among the folder's keywords.
std::uint32_t bits_of_both(const std::vector<std::string>& names)
{
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (text::equal_ignoring_case(names[i], has_one) ||
            text::equal_ignoring_case(names[i], has_none))
            bits |= std::uint32_t{1} << i;
    }
    return bits;
}

} // namespace

void Mailbox::mark_attachments(const std::vector<Attached>& found)
{
    if (found.empty() || access_ == Access::ReadOnly || !has_room_for_marks_)
        return;
    try {
        base::NumberSet with;
        base::NumberSet without;
        for (const auto& [uid, has_attachment] : found)
            (has_attachment ? with : without).add(uid);
        const std::uint32_t either = bits_of_both(keywords());
        const auto mark = [&](const base::NumberSet& uids, std::string_view keyword) {
            base::NumberSet unmarked;
            for_each(uids, [&](const Facts& facts) {
                if ((facts.flags.keywords & either) == 0)
                    unmarked.add(facts.uid);
            });
            if (unmarked.empty())
                return;
            FlagChange change;
            change.mode = FlagChange::Mode::Add;
            change.keywords = {std::string(keyword)};
            const auto done = change_flags(unmarked, change);
            if (done)
                return;
            has_room_for_marks_ = done.error().code != base::Errc::Limit;
            store_->log_.warn("attachments-not-marked",
                              {{"folder", name_}, {"error", done.error().text}});
        };
        mark(with, has_one);
        mark(without, has_none);
    } catch (const indexing::Failed& failed) {
        // They are an extra, and may be asked for in a destructor: the next look at the
        // index tells whoever needs it.
        store_->log_.warn("attachments-not-marked",
                          {{"folder", name_}, {"error", failed.error().text}});
    }
}

} // namespace mailbox
