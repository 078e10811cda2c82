// SPDX-License-Identifier: ISC
/// \file
/// One message on its way into one user's Maildir.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "auth/identity.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/sha256.h"
#include "base/unique_fd.h"
#include "config/settings.h"
#include "deliver/duplicates.h"
#include "deliver/header_filter.h"
#include "deliver/recipient.h"
#include "deliver/target.h"
#include "log/log.h"
#include "maildir/delivery.h"
#include "maildir/quota.h"

namespace deliver {

/// The steps of a delivery, to be called in this order, each once:
///
///     begin → write … → end → (start_writing →) prepare → publish → sync → conclude
///
/// They are single steps so that many can go side by side: all files are written before
/// the first one is synced, and all are in `new/` before the first directory is.
///
/// Whoever calls them is the recipient already. Up to `publish` an error means that
/// nothing can be seen of the message and nothing stays behind; after it there are no
/// errors, because a second delivery would be a second copy.
class Placement {
public:
    /// So much of a message is looked at by rules about its header.
    static constexpr std::size_t max_head = 65536;

    /// So much of the input is looked at to see whether it is mail at all.
    static constexpr std::size_t max_input_head = 1024;

    /// Opens the folder that is wished for, or INBOX, and a file in its `tmp/`.
    /// `settings` must outlive it. Errors: those of `open_target` and of `Delivery`.
    static base::Result<std::unique_ptr<Placement>>
    begin(const Recipient& recipient, const Wish& wish, TraceFields fields,
          const config::Settings& settings);

    /// The next octets of the message, of any number. Memory does not depend on the
    /// message's size.
    base::Status write(std::string_view octets);

    /// The message has ended. If it is a duplicate to be dropped, the steps that follow
    /// do nothing. Errors: Gone if there is no message in it; Syntax if
    /// it is no mail; Refused if a setting does not want it; OverQuota if the user's
    /// quota has no room for it.
    base::Status end();

    /// Has the octets on their way to the disk, without waiting: for callers that
    /// prepare many.
    void start_writing() noexcept;

    /// Has the message on disk, unless `durability` is relaxed.
    base::Status prepare();

    /// Makes it visible: in INBOX if its folder was removed meanwhile.
    base::Status publish();

    /// Has the directory on disk, with the same exception. A failure is for the log.
    void sync() noexcept;

    /// What is left to do, and to say: the quota's file, the log, and what crashed
    /// deliveries have left in `tmp/`.
    void conclude() noexcept;

private:
    Placement(Target target, const Recipient& recipient, TraceFields fields,
              const config::Settings& settings, logging::Log log);
    base::Status admit() const;
    base::Status keep(std::string_view octets);
    base::Status apply_policy();
    base::Status rescue();
    void move_to(const std::string& folder);
    void look_for_duplicate();
    DeliveredBefore delivered_before() const;
    void mark(std::string_view keyword);
    maildir::QuotaUsage usage() const;
    void note_usage() const;
    bool is_strict() const;

    Target target_;
    auth::Identity identity_;
    const config::Settings* settings_;
    logging::Log log_;
    base::SystemClock clock_;
    base::SystemRandom random_;
    maildir::Quota quota_;
    HeaderFilter filter_;
    std::optional<maildir::Delivery> delivery_;
    std::optional<base::Error> unsynced_;

    std::string input_head_; ///< the first octets as they came
    bool needs_head_ = false;
    std::string head_;                   ///< the first octets, where a rule asks
    std::optional<base::Sha256> digest_; ///< of all octets, where a rule asks
    std::string key_;                    ///< to be noted once it is delivered
    base::UniqueFd key_lock_;            ///< until it is noted
    maildir::Where where_ = maildir::Where::New;
    maildir::Info info_;
};

} // namespace deliver
