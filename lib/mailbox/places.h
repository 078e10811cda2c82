// SPDX-License-Identifier: ISC
/// \file
/// `new/` and `cur/` have a name in each of the rooms below us, which know nothing
/// of each other; here they meet.
#pragma once

#include <cstddef>

#include "index/record.h"
#include "maildir/folder.h"
#include "maildir/name.h"
#include "watch/watcher.h"

namespace mailbox {

static_assert(maildir::draft == indexing::flag::draft &&
              maildir::flagged == indexing::flag::flagged &&
              maildir::passed == indexing::flag::passed &&
              maildir::replied == indexing::flag::answered &&
              maildir::seen == indexing::flag::seen &&
              maildir::trashed == indexing::flag::deleted);

/// Where each of the two has its place in an array of both.
constexpr std::size_t slot(maildir::Where where)
{
    return where == maildir::Where::New ? 0 : 1;
}

inline maildir::Where where_of(indexing::Place place)
{
    return place == indexing::Place::New ? maildir::Where::New : maildir::Where::Cur;
}

inline maildir::Where where_of(watch::Place place)
{
    return place == watch::Place::New ? maildir::Where::New : maildir::Where::Cur;
}

inline indexing::Place place_of(maildir::Where where)
{
    return where == maildir::Where::New ? indexing::Place::New : indexing::Place::Cur;
}

/// When a message was saved where it is (RFC 8514 §3). It stands in the file name,
/// since it must not change when the index is made anew; else it is the time of the
/// file.
inline std::int64_t saved_date_of(const indexing::MessageRecord& record)
{
    return maildir::delivered_at(record.name).value_or(record.internal_date);
}

inline indexing::Stamp stamp_of(const maildir::Stamp& stamp)
{
    return {stamp.device, stamp.inode, 0, stamp.mtime_ns};
}

inline indexing::Stamp stamp_of(const maildir::FileStamp& stamp)
{
    return {0, stamp.inode, stamp.size, stamp.mtime_ns};
}

} // namespace mailbox
