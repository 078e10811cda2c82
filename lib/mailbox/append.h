// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/number_set.h"
#include "base/result.h"
#include "index/record.h"
#include "mailbox/admission.h"
#include "mailbox/flags.h"
#include "mailbox/store.h"
#include "maildir/delivery.h"
#include "maildir/folder.h"

namespace mailbox {

/// Messages on their way into a folder by APPEND: begin, write …, finish for each
/// message, then `commit` for all of them. RFC 9051 §6.3.12; RFC 3502 §6: all or none.
///
/// Until `commit` nothing is seen of them, and an Append that is dropped leaves
/// nothing behind.
class Append {
public:
    /// NotFound if there is no such folder.
    static base::Result<Append> begin(Store& store, const std::string& folder);
    Append(Append&&) = default;
    ~Append() = default;

    /// Begins a message. `arrival` is its INTERNALDATE, seconds since 1970.
    base::Status message(const FlagChange& flags, std::optional<std::int64_t> arrival);
    base::Status write(std::string_view octets);
    /// Ends the message: it is on disk afterwards, though not seen. Parts with NULs in
    /// them are put into base64 (RFC 3516 §4.4).
    base::Status finish();

    struct Appended {
        std::uint32_t uid_validity = 0;
        base::NumberSet uids;
    };
    /// Gives the messages their UIDs and puts them into the folder.
    base::Result<Appended> commit();
    /// The same, and removes the message `uid` from `source` (REPLACE, RFC 8508 §3.4).
    /// NotFound if that is gone: nothing has been put anywhere then. A crash in between
    /// leaves both messages.
    base::Result<Appended> replace(Mailbox& source, Uid uid);

private:
    struct Item {
        maildir::Delivery delivery;
        FlagChange flags;
        std::optional<std::int64_t> arrival;
        bool has_nul = false;
    };

    Append(Store& store, std::unique_ptr<Mailbox> mailbox)
        : store_(&store), mailbox_(std::move(mailbox))
    {
    }

    base::Result<maildir::Delivery> new_delivery();
    base::Status encode_last();
    base::Result<Appended> commit(Admission& admission,
                                  std::vector<indexing::MessageRecord>& records,
                                  const maildir::QuotaUsage& freed);

    Store* store_;
    std::unique_ptr<Mailbox> mailbox_;
    std::vector<Item> items_;
};

} // namespace mailbox
