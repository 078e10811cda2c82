// SPDX-License-Identifier: ISC
/// \file
/// UID lists: whatever the file holds, the list is in order, and what is written of
/// it is read back the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "maildir/uidlist.h"

namespace {

using maildir::UidList;

void check_order(const UidList& list)
{
    maildir::Uid last = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto entry = list.entry(i);
        if (entry.uid <= last || !UidList::can_hold(entry.base))
            std::abort();
        last = entry.uid;
        const auto by_base = list.find(entry.base);
        const auto by_uid = list.find(entry.uid);
        if (!by_base || by_base->uid != entry.uid || !by_uid ||
            by_uid->base != entry.base)
            std::abort();
    }
    if (list.uid_next() != 0 && list.uid_next() <= last)
        std::abort();
}

void check_same(const UidList& a, const UidList& b)
{
    if (a.uid_validity() != b.uid_validity() || a.uid_next() != b.uid_next() ||
        a.guid() != b.guid() || a.size() != b.size())
        std::abort();
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto one = a.entry(i);
        const auto other = b.entry(i);
        if (one.uid != other.uid || one.base != other.base ||
            one.fields != other.fields)
            std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const auto list =
        UidList::parse(std::string(reinterpret_cast<const char*>(bytes), size));
    if (!list)
        return 0;
    check_order(*list);
    const auto again = UidList::parse(list->to_text());
    if (!again || again->was_damaged())
        std::abort();
    check_order(*again);
    check_same(*list, *again);
    return 0;
}
