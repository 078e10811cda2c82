// SPDX-License-Identifier: ISC
/// \file
/// Who gets a message that came by LMTP, and the processes that deliver it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "config/settings.h"
#include "deliver/courier.h"
#include "deliver/errand.h"
#include "deliver/lmtp_session.h"
#include "deliver/recipient.h"
#include "io/deadline.h"

namespace deliver {

/// The recipients of one transaction.
///
/// Each user's part is done by a courier, a child that is that user; the mailroom
/// itself, which may be root, touches no mail. Recipients of one uid share a courier,
/// those of different uids work side by side. They stay for the messages that follow,
/// as many of them as may work at a time.
class Mailroom final : public LmtpBackend {
public:
    /// Couriers at a time.
    static constexpr std::size_t max_couriers = 16;

    /// `settings` must outlive it. `host` is our name, for the trace field; couriers
    /// are kept for `courier_lifetime` at most, in milliseconds.
    explicit Mailroom(const config::Settings& settings, std::string host = "localhost",
                      std::int64_t courier_lifetime = Courier::lifetime_ms)
        : settings_(&settings), host_(std::move(host)),
          courier_lifetime_(courier_lifetime)
    {
    }

    Mailroom(const Mailroom&) = delete;
    Mailroom& operator=(const Mailroom&) = delete;

    /// A client comes, the first one or the next: nothing is left of the one before but
    /// the couriers. `peer` is its address if it has one: for the trace field. What is
    /// in `kept`, borrowed, is nothing for the couriers, who are the recipients.
    void begin_client(std::string peer, std::vector<int> kept);

    LmtpReply add_recipient(const std::string& address) override;
    void forget_recipients() override { accepted_.clear(); }
    base::Result<base::UniqueFd> make_file() override;
    std::vector<LmtpReply> deliver(const LmtpEnvelope& envelope,
                                   Spool& message) override;

private:
    struct Accepted {
        std::string address; ///< as the client wrote it
        Recipient recipient;
    };

    using Group =
        std::vector<std::size_t>; ///< recipients of one courier, in `accepted_`

    std::vector<Group> groups() const;
    std::vector<Errand> errands(const Group& group, const LmtpEnvelope& envelope) const;
    std::vector<LmtpReply> deliver(const LmtpEnvelope& envelope, int file);
    Courier* send_courier(const Group& group, const LmtpEnvelope& envelope, int file,
                          io::Deadline deadline);
    void dismiss_couriers();
    Courier* find_courier(const auth::Identity& identity);
    Courier* start_courier(const auth::Identity& identity, int file);

    const config::Settings* settings_;
    std::string host_;
    std::int64_t courier_lifetime_;
    base::SystemClock clock_;
    std::string peer_;
    std::vector<int> kept_;
    std::list<Courier> couriers_; ///< the one that was asked last is the last
    std::vector<Accepted> accepted_;
};

} // namespace deliver
