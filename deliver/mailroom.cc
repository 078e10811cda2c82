// SPDX-License-Identifier: ISC
#include "deliver/mailroom.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <unistd.h>

#include "base/clock.h"
#include "deliver/exit_status.h"
#include "deliver/received.h"
#include "log/log.h"

namespace deliver {
namespace {

constexpr const char* no_report = "451 4.3.0 deliver: the delivery has ended early";
constexpr const char* too_large = "552 5.3.4 The message is too large";

} // namespace

void Mailroom::begin_client(std::string peer, std::vector<int> kept)
{
    forget_recipients();
    peer_ = std::move(peer);
    kept_ = std::move(kept);
}

LmtpReply Mailroom::add_recipient(const std::string& address)
{
    std::string user = address;
    if (settings_->lmtp.user == config::LmtpUser::LocalPart)
        user.resize(std::min(user.rfind('@'), user.size()));
    auto recipient = find_recipient(user, *settings_);
    if (!recipient) {
        const Outcome outcome = recipient.error().code == base::Errc::NotFound
                                    ? unknown_user(address)
                                    : try_again(recipient.error());
        logging::Log().warn("no-recipient", {{"reason", recipient.error().text}});
        return reply_for(outcome);
    }
    accepted_.push_back({address, std::move(*recipient)});
    return "250 2.1.5 OK";
}

base::Result<base::UniqueFd> Mailroom::make_file()
{
    return open_nameless(settings_->lmtp.spool_directory);
}

/// The recipients by the courier that goes to them.
std::vector<Mailroom::Group> Mailroom::groups() const
{
    std::vector<Group> groups;
    for (std::size_t i = 0; i < accepted_.size(); ++i) {
        const auto is_same = [&](const Group& group) {
            return Courier::is_same(accepted_[group.front()].recipient.identity,
                                    accepted_[i].recipient.identity);
        };
        const auto group = std::find_if(groups.begin(), groups.end(), is_same);
        if (group != groups.end())
            group->push_back(i);
        else
            groups.push_back({i});
    }
    return groups;
}

std::vector<Errand> Mailroom::errands(const Group& group,
                                      const LmtpEnvelope& envelope) const
{
    const Origin origin{envelope.client, peer_, envelope.protocol};
    std::vector<Errand> errands;
    for (const std::size_t i : group) {
        const auto& [address, recipient] = accepted_[i];
        errands.push_back(
            {recipient,
             {envelope.sender, address,
              received_field(origin, host_, address, clock_.wall_us() / 1'000'000)}});
    }
    return errands;
}

Courier* Mailroom::find_courier(const auth::Identity& identity)
{
    const auto found =
        std::find_if(couriers_.begin(), couriers_.end(),
                     [&](const Courier& courier) { return courier.is_for(identity); });
    if (found == couriers_.end())
        return nullptr;
    couriers_.splice(couriers_.end(), couriers_, found);
    return &couriers_.back();
}

/// Null if there can be none.
Courier* Mailroom::start_courier(const auth::Identity& identity, int file)
{
    if (couriers_.size() >= max_couriers)
        couriers_.pop_front(); // it has been idle for the longest time
    const auto leave = [&] {
        for (Courier& other : couriers_)
            other.disown();
        for (const int fd : kept_)
            ::close(fd);
        ::close(file); // comes with the errands, and is closed with them
    };
    auto courier = Courier::start(identity, *settings_, leave, courier_lifetime_);
    if (!courier) {
        logging::Log().warn("no-process", {{"error", courier.error().text}});
        return nullptr;
    }
    couriers_.push_back(std::move(*courier));
    return &couriers_.back();
}

/// Gives `group` to its courier. Null if there can be none.
Courier* Mailroom::send_courier(const Group& group, const LmtpEnvelope& envelope,
                                int file, io::Deadline deadline)
{
    const auth::Identity& identity = accepted_[group.front()].recipient.identity;
    const auto errands = this->errands(group, envelope);
    const auto is_sent = [&](Courier* courier) {
        if (courier == nullptr || courier->ask(errands, file, deadline))
            return courier != nullptr;
        couriers_.pop_back();
        return false;
    };
    // Who has delivered before may be gone meanwhile.
    if (is_sent(find_courier(identity)) || is_sent(start_courier(identity, file)))
        return &couriers_.back();
    return nullptr;
}

/// Those that are of no use, or have been kept for long enough.
void Mailroom::dismiss_couriers()
{
    couriers_.remove_if([](const Courier& each) { return !each.is_usable(); });
}

std::vector<LmtpReply> Mailroom::deliver(const LmtpEnvelope& envelope, Spool& message)
{
    const auto for_all = [&](const LmtpReply& reply) {
        return std::vector<LmtpReply>(accepted_.size(), reply);
    };
    // A session has refused it already: who sends it all the same is no clerk of ours.
    if (settings_->lmtp.size != 0 && message.size() > settings_->lmtp.size)
        return for_all(too_large);
    const auto file = message.in_file();
    return file ? deliver(envelope, *file)
                : for_all(reply_for(try_again(file.error())));
}

/// What of it is not done by the deadline, whoever keeps us, is tried again: a client
/// that waited for longer would have all of it delivered again.
std::vector<LmtpReply> Mailroom::deliver(const LmtpEnvelope& envelope, int file)
{
    const io::Deadline deadline = Courier::patience(*settings_);
    std::vector<LmtpReply> replies(accepted_.size(), no_report);
    std::vector<std::pair<Courier*, Group>> under_way;
    const auto collect = [&] {
        for (const auto& [courier, group] : under_way) {
            const auto told = courier->replies(group.size(), deadline);
            for (std::size_t i = 0; i < told.size(); ++i)
                replies[group[i]] = told[i];
        }
        under_way.clear();
        dismiss_couriers();
    };
    dismiss_couriers();
    for (const Group& group : groups()) {
        if (under_way.size() == max_couriers)
            collect();
        if (deadline.has_passed(clock_))
            break;
        if (Courier* const courier = send_courier(group, envelope, file, deadline))
            under_way.emplace_back(courier, group);
    }
    collect();
    return replies;
}

} // namespace deliver
