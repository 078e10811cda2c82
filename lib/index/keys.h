// SPDX-License-Identifier: ISC
/// \file
/// Keys of the index's tables, and cursors over them. For lib/index only.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <lmdb.h>

#include "index/environment.h"

namespace indexing {

/// Puts a key together: numbers in network order, so that they sort as numbers.
class Key {
public:
    Key() = default;
    explicit Key(std::uint32_t number) { add(number); }

    Key& add(std::uint8_t number) { return big_endian(number, 1); }
    Key& add(std::uint32_t number) { return big_endian(number, 4); }
    Key& add(std::uint64_t number) { return big_endian(number, 8); }
    /// Text at the end of a key. What is too long for LMDB goes in as a hash behind a
    /// NUL, which no file name begins with.
    Key& add(std::string_view text);

    std::string_view view() const { return {bytes_.data(), size_}; }

private:
    Key& big_endian(std::uint64_t number, unsigned octets)
    {
        while (octets-- > 0)
            bytes_[size_++] = static_cast<char>(number >> (8 * octets) & 0xff);
        return *this;
    }
    std::array<char, 511> bytes_;
    std::size_t size_ = 0;
};

/// A number in network order at `offset` of a key, which must reach that far.
std::uint32_t number_at(std::string_view key, std::size_t offset);
std::uint64_t long_number_at(std::string_view key, std::size_t offset);

inline MDB_val to_val(std::string_view bytes)
{
    return {bytes.size(), const_cast<char*>(bytes.data())};
}
inline std::string_view to_view(const MDB_val& val)
{
    return {static_cast<const char*>(val.mv_data), val.mv_size};
}

/// A place in a table. Must be gone before its transaction ends.
class Cursor {
public:
    Cursor(Environment& environment, MDB_txn* txn, Table table);
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;
    ~Cursor() { mdb_cursor_close(cursor_); }

    /// Each goes to an entry and says whether there is one.
    bool seek(std::string_view key) { return go(MDB_SET_RANGE, key); } ///< or the next
    bool find(std::string_view key) { return go(MDB_SET_KEY, key); }
    bool next() { return go(MDB_NEXT); }
    bool previous() { return go(MDB_PREV); }
    bool last() { return go(MDB_LAST); }

    /// The entry's; valid until something is changed.
    std::string_view key() const { return to_view(key_); }
    std::string_view value() const { return to_view(value_); }
    /// Whether the entry's key begins so and is `size` octets long.
    bool is_under(std::string_view prefix, std::size_t size) const
    {
        return key_.mv_size == size && key().starts_with(prefix);
    }

    void put(std::string_view key, std::string_view value, unsigned flags = 0);
    /// Removes the entry; `next` goes to the one behind it.
    void erase();

private:
    bool go(MDB_cursor_op operation, std::string_view key = {});

    Environment& environment_;
    MDB_cursor* cursor_ = nullptr;
    MDB_val key_ = {};
    MDB_val value_ = {};
};

/// Single entries.
std::optional<std::string_view> get(Environment& environment, MDB_txn* txn, Table table,
                                    std::string_view key);
void put(Environment& environment, MDB_txn* txn, Table table, std::string_view key,
         std::string_view value);
/// No matter if it is not there.
void erase(Environment& environment, MDB_txn* txn, Table table, std::string_view key);

/// A number as a value, and back; a value of another length throws `Damaged`.
template <class Number>
std::string_view as_value(const Number& number)
{
    return {reinterpret_cast<const char*>(&number), sizeof number};
}
template <class Number>
Number number_in(Environment& environment, std::string_view value)
{
    Number number = 0;
    if (value.size() != sizeof number)
        environment.condemn("a number has the wrong length");
    std::memcpy(&number, value.data(), sizeof number);
    return number;
}

} // namespace indexing
