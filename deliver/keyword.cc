// SPDX-License-Identifier: ISC
#include "deliver/keyword.h"

#include "maildir/keywords.h"

namespace deliver {

base::Result<maildir::KeywordBits> keyword_bit(const maildir::Folder& folder,
                                               std::string_view keyword)
{
    const auto lock = folder.lock();
    if (!lock)
        return lock.error();
    auto table = maildir::Keywords::load(folder.fd());
    if (!table)
        return table.error();
    const auto known = table->index_of(keyword);
    if (known)
        return maildir::KeywordBits{1} << *known;
    const auto index = table->add(keyword);
    if (!index)
        return index.error();
    if (auto done = table->save(folder.fd()); !done)
        return done.error();
    return maildir::KeywordBits{1} << *index;
}

} // namespace deliver
