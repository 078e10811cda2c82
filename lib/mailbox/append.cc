// SPDX-License-Identifier: ISC
#include "mailbox/append.h"

#include "mailbox/both_locks.h"
#include "mailbox/encode_binary.h"
#include "mailbox/places.h"
#include "maildir/name.h"

namespace mailbox {

using maildir::Where;

base::Result<Append> Append::begin(Store& store, const std::string& folder)
{
    auto opened = store.tree_.folder(folder);
    if (!opened)
        return opened.error();
    std::unique_ptr<Mailbox> mailbox(
        new Mailbox(store, folder, std::move(*opened), Access::ReadOnly));
    return Append(store, std::move(mailbox));
}

base::Status Append::message(const FlagChange& flags,
                             std::optional<std::int64_t> arrival)
{
    auto delivery = new_delivery();
    if (!delivery)
        return delivery.error();
    items_.push_back({std::move(*delivery), flags, arrival});
    return base::Done{};
}

base::Result<maildir::Delivery> Append::new_delivery()
{
    return maildir::Delivery::begin(mailbox_->folder_, *store_->clock_,
                                    *store_->random_, store_->options_.host,
                                    ++store_->deliveries_);
}

base::Status Append::write(std::string_view octets)
{
    Item& item = items_.back();
    item.has_nul = item.has_nul || octets.find('\0') != std::string_view::npos;
    return item.delivery.write(octets);
}

base::Status Append::finish()
{
    Item& item = items_.back();
    auto done = item.delivery.prepare(maildir::Durability::Full, item.arrival);
    return done && item.has_nul ? encode_last() : done;
}

base::Status Append::encode_last()
{
    const int fd = items_.back().delivery.fd();
    const auto parts = binary_parts(fd);
    if (!parts)
        return parts.error();
    if (parts->empty()) // the NULs are in headers, or in what is encoded already
        return base::Done{};
    auto delivery = new_delivery();
    if (!delivery)
        return delivery.error();
    if (auto done = encode_parts(fd, *parts, *delivery); !done)
        return done;
    Item encoded = {std::move(*delivery), items_.back().flags, items_.back().arrival};
    items_.pop_back();
    items_.push_back(std::move(encoded));
    return items_.back().delivery.prepare(maildir::Durability::Full,
                                          items_.back().arrival);
}

base::Result<Append::Appended> Append::commit()
{
    auto admission = Admission::begin(*mailbox_);
    if (!admission)
        return admission.error();
    std::vector<indexing::MessageRecord> records;
    return commit(*admission, records, {});
}

base::Result<Append::Appended> Append::replace(Mailbox& source, Uid uid)
{
    if (auto done = source.sync(); !done)
        return done.error();
    base::NumberSet uids;
    uids.add(uid);
    auto locks = BothLocks::take(source, *mailbox_, uids);
    if (!locks)
        return locks.error();
    maildir::QuotaUsage freed; // only the net consumption counts
    source.for_each(uids, [&](const Facts& facts) {
        freed.octets += static_cast<std::int64_t>(facts.octets);
        ++freed.messages;
    });
    std::vector<indexing::MessageRecord> records;
    auto appended = commit(locks->admission(), records, freed);
    if (!appended)
        return appended;
    const auto removal = source.remove_locked(uids);
    if (removal.failed)
        return appended;
    if (!removal.left.empty())
        locks->admission().take_back(records);
    return removal.failed.error();
}

base::Result<Append::Appended>
Append::commit(Admission& admission, std::vector<indexing::MessageRecord>& records,
               const maildir::QuotaUsage& freed)
{
    const std::int64_t now = store_->clock_->wall_us() / 1'000'000;
    std::vector<maildir::Info> infos;
    for (const Item& item : items_) {
        const auto keywords = mailbox_->keyword_bits(item.flags.keywords);
        if (!keywords)
            return keywords.error();
        const maildir::Info info = {item.flags.system, *keywords};
        indexing::MessageRecord record;
        record.name = item.delivery.file_name(Where::Cur, info);
        record.place = indexing::Place::Cur;
        record.flags = info.flags;
        record.keywords = info.keywords;
        record.octets = item.delivery.size();
        record.wire_octets = item.delivery.wire_size();
        record.internal_date = item.arrival.value_or(now);
        record.saved_date = saved_date_of(record);
        records.push_back(std::move(record));
        infos.push_back(info);
    }
    if (auto room = admission.check_room(records, freed); !room)
        return room.error();
    const auto uids = admission.run(records, [&](std::size_t i) {
        // The directory is synced once for all of them.
        return items_[i].delivery.publish(maildir::Durability::FileOnly, Where::Cur,
                                          infos[i]);
    });
    if (!uids)
        return uids.error();
    return Appended{mailbox_->uid_validity_, *uids};
}

} // namespace mailbox
