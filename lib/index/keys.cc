// SPDX-License-Identifier: ISC
#include "index/keys.h"

#include <algorithm>

namespace indexing {

Key& Key::add(std::string_view text)
{
    if (text.size() <= bytes_.size() - size_) {
        std::copy(text.begin(), text.end(), bytes_.begin() + static_cast<long>(size_));
        size_ += text.size();
        return *this;
    }
    std::uint64_t a = 0xcbf29ce484222325, b = 0x9e3779b97f4a7c15; // FNV-1a, twice
    for (const char c : text) {
        a = (a ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        b = (b ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    return add(std::uint8_t{0}).add(a).add(b);
}

namespace {

std::uint64_t big_endian_at(std::string_view key, std::size_t offset,
                            std::size_t octets)
{
    std::uint64_t number = 0;
    for (const char octet : key.substr(offset, octets))
        number = number << 8 | static_cast<unsigned char>(octet);
    return number;
}

} // namespace

std::uint32_t number_at(std::string_view key, std::size_t offset)
{
    return static_cast<std::uint32_t>(big_endian_at(key, offset, 4));
}

std::uint64_t long_number_at(std::string_view key, std::size_t offset)
{
    return big_endian_at(key, offset, 8);
}

Cursor::Cursor(Environment& environment, MDB_txn* txn, Table table)
    : environment_(environment)
{
    if (const int code = mdb_cursor_open(txn, environment.table(table), &cursor_);
        code != 0)
        environment.fail(code);
}

bool Cursor::go(MDB_cursor_op operation, std::string_view key)
{
    if (operation == MDB_SET_RANGE || operation == MDB_SET_KEY)
        key_ = to_val(key);
    environment_.count_look_up();
    const int code = mdb_cursor_get(cursor_, &key_, &value_, operation);
    if (code != 0 && code != MDB_NOTFOUND)
        environment_.fail(code);
    return code == 0;
}

void Cursor::put(std::string_view key, std::string_view value, unsigned flags)
{
    MDB_val k = to_val(key), v = to_val(value);
    environment_.count_change();
    if (const int code = mdb_cursor_put(cursor_, &k, &v, flags); code != 0)
        environment_.fail(code);
}

void Cursor::erase()
{
    environment_.count_change();
    if (const int code = mdb_cursor_del(cursor_, 0); code != 0)
        environment_.fail(code);
}

std::optional<std::string_view> get(Environment& environment, MDB_txn* txn, Table table,
                                    std::string_view key)
{
    MDB_val k = to_val(key), v = {};
    environment.count_look_up();
    const int code = mdb_get(txn, environment.table(table), &k, &v);
    if (code == MDB_NOTFOUND)
        return std::nullopt;
    if (code != 0)
        environment.fail(code);
    return to_view(v);
}

void put(Environment& environment, MDB_txn* txn, Table table, std::string_view key,
         std::string_view value)
{
    MDB_val k = to_val(key), v = to_val(value);
    environment.count_change();
    if (const int code = mdb_put(txn, environment.table(table), &k, &v, 0); code != 0)
        environment.fail(code);
}

void erase(Environment& environment, MDB_txn* txn, Table table, std::string_view key)
{
    MDB_val k = to_val(key);
    environment.count_change();
    const int code = mdb_del(txn, environment.table(table), &k, nullptr);
    if (code != 0 && code != MDB_NOTFOUND)
        environment.fail(code);
}

} // namespace indexing
