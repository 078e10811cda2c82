// SPDX-License-Identifier: ISC
/// \file
/// Sets of UIDs in the index, kept as ranges. For lib/index only.
#pragma once

#include <cstdint>
#include <optional>

#include "base/number_set.h"
#include "index/environment.h"

namespace indexing {

/// Which set of a folder's UIDs.
enum class Which : std::uint8_t { Present = 0, Unseen = 1, Deleted = 2, InNew = 3 };

/// One set, as it is within a transaction. Changes cost O(log ranges), and O(ranges
/// that are joined or cut).
class Ranges {
public:
    Ranges(Environment& environment, MDB_txn* txn, std::uint32_t folder_id, Which which)
        : environment_(environment), txn_(txn), folder_id_(folder_id), which_(which)
    {
    }

    base::NumberSet all() const;
    std::optional<std::uint32_t> first() const;
    std::optional<std::uint32_t> last() const;
    void add(const base::NumberSet& uids);
    void remove(const base::NumberSet& uids);

private:
    Environment& environment_;
    MDB_txn* txn_;
    std::uint32_t folder_id_;
    Which which_;
};

} // namespace indexing
