// SPDX-License-Identifier: ISC
/// \file
/// Who gets a message that came by LMTP, and the processes that deliver it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "config/settings.h"
#include "deliver/header_filter.h"
#include "deliver/lmtp_session.h"
#include "deliver/recipient.h"

namespace deliver {

/// The recipients of one transaction.
///
/// Each user's part is done by a child that becomes the user before it opens anything;
/// the parent, which may be root, touches no mail. Recipients of one uid share a child:
/// all their files are written before the first one is waited for, and all are visible
/// before the first directory is synced, so that the disk has as few commits to do as
/// it likes. Children of different uids work side by side.
class Mailroom final : public LmtpBackend {
public:
    /// Children of one transaction that work side by side.
    static constexpr std::size_t max_children = 16;

    /// `settings` must outlive it. `host` is our name, and `peer` the client's address
    /// if it has one: for the trace field.
    explicit Mailroom(const config::Settings& settings, std::string host = "localhost",
                      std::string peer = {})
        : settings_(&settings), host_(std::move(host)), peer_(std::move(peer))
    {
    }

    Mailroom(const Mailroom&) = delete;
    Mailroom& operator=(const Mailroom&) = delete;
    ~Mailroom() override;

    /// `fd`, borrowed, is nothing for the children, who are the recipients.
    void keep_from_couriers(int fd) { kept_ = fd; }

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

    void reap();

    TraceFields trace_fields(const LmtpEnvelope& envelope,
                             const std::string& recipient) const;

    const config::Settings* settings_;
    std::string host_;
    std::string peer_;
    int kept_ = -1;
    /// Children that have told all, and need not be waited for before the client is.
    std::vector<pid_t> concluding_;
    std::vector<Accepted> accepted_;

    friend class Courier;
};

} // namespace deliver
