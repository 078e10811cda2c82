// SPDX-License-Identifier: ISC
#include "mailbox/copy.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"
#include "mailbox/places.h"
#include "maildir/name.h"

namespace mailbox {

using base::Errc;
using base::Error;
using maildir::Where;

base::Result<Copy> Copy::begin(Store& store, Mailbox& source, const std::string& folder)
{
    auto opened = store.tree_.folder(folder);
    if (!opened)
        return opened.error();
    auto tmp = opened->open_tmp();
    if (!tmp)
        return tmp.error();
    std::unique_ptr<Mailbox> target(
        new Mailbox(store, folder, std::move(*opened), Access::ReadOnly));
    return Copy(store, source, std::move(target), std::move(*tmp));
}

Copy::~Copy()
{
    for (const Item& item : items_) // those that were not published
        ::unlinkat(tmp_.get(), item.temporary.c_str(), 0);
}

base::Result<Copies> Copy::run(const base::NumberSet& uids)
{
    if (auto done = source_->sync(); !done)
        return done.error();
    if (auto done = stage(uids); !done)
        return done.error();
    auto admission = Admission::begin(*target_);
    if (!admission)
        return admission.error();
    auto records = copies();
    if (!records)
        return records.error();
    if (auto room = admission->check_room(*records); !room)
        return room.error();
    return publish(*admission, *records);
}

base::Result<Copies> Copy::publish(Admission& admission,
                                   std::vector<indexing::MessageRecord>& records)
{
    const auto to = admission.run(records, [&](std::size_t i) -> base::Status {
        const std::string& name = records[i].name;
        if (::renameat(tmp_.get(), items_[i].temporary.c_str(),
                       target_->folder_.fd(Where::Cur), name.c_str()) != 0)
            return Error::from_errno("rename", name);
        return base::Done{};
    });
    if (!to)
        return to.error();
    base::NumberSet from;
    for (const Item& item : items_)
        from.add(item.original.uid);
    return Copies{target_->uid_validity_, from, *to};
}

base::Status Copy::stage(const base::NumberSet& uids)
{
    for (const Uid uid : uids) {
        // The second try is after a sync: another program may have renamed the file.
        for (int attempt = 0;; ++attempt) {
            std::optional<indexing::MessageRecord> original;
            {
                const auto read = source_->index().read();
                if (const auto found = read.message(source_->folder_id_, uid))
                    original.emplace(*found);
            }
            if (!original)
                return Error{Errc::NotFound, "Some of the messages are gone"};
            const auto done = stage(std::move(*original));
            if (done)
                break;
            if (done.error().code != Errc::NotFound || attempt > 0)
                return done;
            if (auto synced = source_->sync(); !synced)
                return synced;
        }
    }
    return base::Done{};
}

base::Status Copy::stage(indexing::MessageRecord original)
{
    std::string temporary = store_->fresh_base();
    const int from = source_->folder_.fd(where_of(original.place));
    if (::linkat(from, original.name.c_str(), tmp_.get(), temporary.c_str(), 0) != 0) {
        if (errno != EXDEV && errno != EMLINK && errno != EPERM)
            return Error::from_errno("link", original.name);
        if (auto done = copy_bytes(original, temporary); !done)
            return done;
    }
    items_.push_back({std::move(original), std::move(temporary)});
    return base::Done{};
}

base::Status Copy::copy_bytes(const indexing::MessageRecord& original,
                              const std::string& temporary)
{
    auto source =
        source_->folder_.open_message(where_of(original.place), original.name);
    if (!source)
        return source.error();
    auto file = io::open_at(tmp_.get(), temporary, O_WRONLY | O_CREAT | O_EXCL);
    if (!file)
        return file.error();
    std::vector<char> buffer(65536);
    base::Status done = base::Done{};
    for (;;) {
        const auto n = io::read(source->get(), buffer);
        if (!n)
            done = n.error();
        if (!n || *n == 0)
            break;
        if (done = io::write_all(file->get(), {buffer.data(), *n}); !done)
            break;
    }
    struct stat status = {};
    if (done && ::fstat(source->get(), &status) == 0) { // INTERNALDATE is the mtime
        const timespec times[2] = {status.st_atim, status.st_mtim};
        ::futimens(file->get(), times);
    }
    if (done)
        done = io::sync(file->get());
    if (!done)
        ::unlinkat(tmp_.get(), temporary.c_str(), 0);
    return done;
}

void Copy::take_flags()
{
    const auto read = source_->index().read();
    for (Item& item : items_) {
        if (const auto now = read.message(source_->folder_id_, item.original.uid))
            item.original = indexing::MessageRecord(*now);
    }
}

std::vector<std::string> Copy::originals() const
{
    std::vector<std::string> bases;
    for (const Item& item : items_)
        bases.emplace_back(item.original.view().base_name());
    return bases;
}

base::Result<std::vector<indexing::MessageRecord>> Copy::copies()
{
    const auto& names = source_->keywords();
    std::vector<indexing::MessageRecord> copies;
    for (const Item& item : items_) {
        std::vector<std::string> keywords;
        for (unsigned bit = 0; bit < maildir::max_keywords; ++bit) {
            if ((item.original.keywords >> bit & 1) != 0 && !names[bit].empty())
                keywords.push_back(names[bit]);
        }
        const auto bits = target_->keyword_bits(keywords);
        if (!bits)
            return bits.error();
        indexing::MessageRecord copy = item.original;
        maildir::Name name;
        name.base = item.temporary;
        if (copy.wire_octets != 0)
            name.base = maildir::with_sizes(name.base, copy.octets, copy.wire_octets);
        copy.name = name.with(copy.flags, *bits).to_text();
        copy.base_octets = static_cast<std::uint16_t>(name.base.size());
        copy.place = indexing::Place::Cur;
        copy.keywords = *bits;
        copy.saved_date = saved_date_of(copy);
        copies.push_back(std::move(copy));
    }
    return copies;
}

} // namespace mailbox
