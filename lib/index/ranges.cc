// SPDX-License-Identifier: ISC
#include "index/ranges.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "index/keys.h"

namespace indexing {

namespace {

constexpr std::size_t key_octets = 9;

/// A cursor over one set: entry = range.
class RangeCursor {
public:
    RangeCursor(Environment& environment, MDB_txn* txn, std::uint32_t folder_id,
                Which which)
        : environment_(environment), cursor_(environment, txn, Table::Sets),
          prefix_(Key(folder_id).add(static_cast<std::uint8_t>(which)))
    {
    }

    /// To the range that begins last at or before `number`, or else to the first one.
    /// False if there is neither.
    bool seek_before(std::uint32_t number)
    {
        const std::string key(key_of(number).view());
        const bool found = cursor_.seek(key);
        if (found && cursor_.key() == key)
            return true;
        if ((found ? cursor_.previous() : cursor_.last()) && is_ours())
            return true;
        return seek(number);
    }
    bool seek(std::uint32_t number)
    {
        return cursor_.seek(key_of(number).view()) && is_ours();
    }
    /// To the last range of the set.
    bool seek_last() { return seek_before(~std::uint32_t{0}); }
    bool next() { return cursor_.next() && is_ours(); }

    std::uint32_t first() const { return number_at(cursor_.key(), key_octets - 4); }
    std::uint32_t last() const
    {
        const auto last = number_in<std::uint32_t>(environment_, cursor_.value());
        if (last < first())
            environment_.condemn("a range ends before it begins");
        return last;
    }
    void put(std::uint32_t first, std::uint32_t last)
    {
        cursor_.put(key_of(first).view(), as_value(last));
    }
    void erase() { cursor_.erase(); }

private:
    Key key_of(std::uint32_t number) const { return Key(prefix_).add(number); }
    bool is_ours() const { return cursor_.is_under(prefix_.view(), key_octets); }

    Environment& environment_;
    Cursor cursor_;
    Key prefix_;
};

void add_range(RangeCursor& at, std::uint32_t first, std::uint32_t last)
{
    bool found = at.seek_before(first);
    if (found && at.first() <= first) {
        if (at.last() >= last)
            return;
        if (std::uint64_t{at.last()} + 1 >= first) { // overlaps or touches
            first = at.first();
        } else {
            found = at.next();
        }
    }
    while (found && at.first() <= std::uint64_t{last} + 1) {
        last = std::max(last, at.last());
        at.erase();
        found = at.seek(first);
    }
    at.put(first, last);
}

void remove_range(RangeCursor& at, std::uint32_t first, std::uint32_t last)
{
    bool found = at.seek_before(first);
    if (found && at.first() < first) {
        const std::uint32_t end = at.last();
        if (end >= first)
            at.put(at.first(), first - 1);
        if (end > last) {
            at.put(last + 1, end);
            return;
        }
        found = at.seek(first);
    }
    while (found && at.first() <= last) {
        const std::uint32_t end = at.last();
        at.erase();
        if (end > last) {
            at.put(last + 1, end);
            return;
        }
        found = at.seek(first);
    }
}

} // namespace

base::NumberSet Ranges::all() const
{
    base::NumberSet set;
    RangeCursor at(environment_, txn_, folder_id_, which_);
    for (bool found = at.seek(0); found; found = at.next())
        set.add(at.first(), at.last());
    return set;
}

std::optional<std::uint32_t> Ranges::first() const
{
    RangeCursor at(environment_, txn_, folder_id_, which_);
    if (!at.seek(0))
        return std::nullopt;
    return at.first();
}

std::optional<std::uint32_t> Ranges::last() const
{
    RangeCursor at(environment_, txn_, folder_id_, which_);
    if (!at.seek_last())
        return std::nullopt;
    return at.last();
}

void Ranges::add(const base::NumberSet& uids)
{
    RangeCursor at(environment_, txn_, folder_id_, which_);
    for (std::size_t i = 0; i < uids.range_count(); ++i)
        add_range(at, uids.range(i).first, uids.range(i).last);
}

void Ranges::remove(const base::NumberSet& uids)
{
    RangeCursor at(environment_, txn_, folder_id_, which_);
    for (std::size_t i = 0; i < uids.range_count(); ++i)
        remove_range(at, uids.range(i).first, uids.range(i).last);
}

} // namespace indexing
