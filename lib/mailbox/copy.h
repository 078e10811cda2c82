// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/number_set.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "index/record.h"
#include "mailbox/admission.h"
#include "mailbox/mailbox.h"
#include "mailbox/store.h"

namespace mailbox {

/// What COPYUID tells: the originals and their copies, in step. RFC 4315 §3.
struct Copies {
    std::uint32_t uid_validity = 0;
    base::NumberSet from;
    base::NumberSet to;
};

/// One COPY: messages of an open mailbox into a folder, all or none (RFC 9051
/// §6.4.7). Copies are hard links where the file system can, under new names: a base
/// name belongs to one message (a copied `,U=` would confuse isync).
class Copy {
public:
    /// `source` must outlive it. NotFound if there is no such folder.
    static base::Result<Copy> begin(Store& store, Mailbox& source,
                                    const std::string& folder);
    Copy(Copy&&) = default;
    ~Copy();

    /// NotFound if one of `uids` is gone: nothing has been copied then.
    base::Result<Copies> run(const base::NumberSet& uids);

private:
    friend class Move;

    struct Item {
        indexing::MessageRecord original;
        std::string temporary; ///< its name in the target's tmp/
    };

    Copy(Store& store, Mailbox& source, std::unique_ptr<Mailbox> target,
         base::UniqueFd tmp)
        : store_(&store), source_(&source), target_(std::move(target)),
          tmp_(std::move(tmp))
    {
    }
    base::Status stage(const base::NumberSet& uids);
    base::Status stage(indexing::MessageRecord original);
    base::Status copy_bytes(const indexing::MessageRecord& original,
                            const std::string& temporary);
    /// Takes the originals as the index has them now.
    void take_flags();
    base::Result<std::vector<indexing::MessageRecord>> copies();
    std::vector<std::string> originals() const; ///< their base names
    base::Result<Copies> publish(Admission& admission,
                                 std::vector<indexing::MessageRecord>& records);

    Store* store_;
    Mailbox* source_;
    std::unique_ptr<Mailbox> target_;
    base::UniqueFd tmp_;
    std::vector<Item> items_;
};

} // namespace mailbox
