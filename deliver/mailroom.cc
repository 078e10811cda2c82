// SPDX-License-Identifier: ISC
#include "deliver/mailroom.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "deliver/exit_status.h"
#include "deliver/failure.h"
#include "deliver/placement.h"
#include "deliver/process.h"
#include "deliver/received.h"
#include "io/file.h"
#include "log/log.h"

namespace deliver {
namespace {

/// What a child tells of one recipient: its place in the list, and the reply.
std::string report(std::size_t number, const LmtpReply& reply)
{
    return std::to_string(number) + ' ' + reply + '\n';
}

/// "451 4.2.0 text" of a line that is meant for standard error, "4.2.0 deliver: text".
LmtpReply reply_for(const Outcome& outcome)
{
    if (outcome.status == ExitStatus::Delivered)
        return "250 2.1.5 Delivered";
    std::string text = outcome.line.substr(0, outcome.line.find('\n'));
    if (text.starts_with("4.3.1") || text.starts_with("4.2.2"))
        return "452 " + text;
    if (text.starts_with("5.2.2"))
        return "552 " + text;
    return (text.starts_with('5') ? "550 " : "451 ") + text;
}

constexpr const char* no_report = "451 4.3.0 deliver: the delivery has ended early";

} // namespace

/// The part of a transaction that one child does.
class Courier {
public:
    Courier(const Mailroom& room, std::vector<std::size_t> numbers)
        : room_(&room), numbers_(std::move(numbers)), placements_(numbers_.size()),
          failures_(numbers_.size())
    {
    }

    /// Delivers as the user, and writes a line for each recipient to `answer`.
    void run(const LmtpEnvelope& envelope, const Spool& message, base::UniqueFd answer)
    {
        if (room_->kept_ >= 0)
            ::close(room_->kept_);
        const Recipient& first = room_->accepted_[numbers_.front()].recipient;
        if (auto done = become(first.identity); !done)
            fail_all(done.error());
        each([&](std::size_t i) { return take(i, envelope, message); });
        if (numbers_.size() > 1) // one file gains nothing from it
            each([&](std::size_t i) {
                placements_[i]->start_writing();
                return base::Status(base::Done{});
            });
        each([&](std::size_t i) { return placements_[i]->prepare(); });
        begin_publishing();
        each([&](std::size_t i) { return placements_[i]->publish(); });
        for (const auto& placement : placements_)
            if (placement)
                placement->sync();
        end_publishing();
        tell(answer.get());
        answer.reset(); // the client need not wait for what follows
        for (const auto& placement : placements_)
            if (placement)
                placement->conclude();
    }

private:
    /// Does one step for all that have not failed yet.
    template <class Step>
    void each(Step step)
    {
        for (std::size_t i = 0; i < numbers_.size(); ++i) {
            if (failures_[i])
                continue;
            if (base::Status done = step(i); !done) {
                failures_[i] = done.error();
                placements_[i].reset();
            }
        }
    }

    base::Status take(std::size_t i, const LmtpEnvelope& envelope, const Spool& message)
    {
        const auto& [address, recipient] = room_->accepted_[numbers_[i]];
        auto placement =
            Placement::begin(recipient, {recipient.extension, Wish::By::Address},
                             room_->trace_fields(envelope, address), *room_->settings_);
        if (!placement)
            return placement.error();
        placements_[i] = std::move(*placement);
        auto done = message.read(
            [&](std::string_view octets) { return placements_[i]->write(octets); });
        return done ? placements_[i]->end() : done;
    }

    void fail_all(const base::Error& error)
    {
        for (auto& failed : failures_)
            failed = error;
    }

    void tell(int answer) const
    {
        std::string text;
        for (std::size_t i = 0; i < numbers_.size(); ++i) {
            const Outcome outcome =
                failures_[i] ? failure(*failures_[i], *room_->settings_) : delivered();
            if (failures_[i])
                logging::Log().warn(
                    "not-delivered",
                    {{"user", room_->accepted_[numbers_[i]].recipient.identity.user},
                     {"reason", outcome.line.substr(0, outcome.line.size() - 1)}});
            text += report(numbers_[i], reply_for(outcome));
        }
        static_cast<void>(io::write_all(answer, text));
    }

    const Mailroom* room_;
    std::vector<std::size_t> numbers_; ///< of recipients in `accepted_`
    std::vector<std::unique_ptr<Placement>> placements_;
    std::vector<std::optional<base::Error>> failures_;
};

namespace {

struct Child {
    pid_t pid = -1;
    base::UniqueFd answer;
};

/// Forks a child for `courier`. Without one, its recipients get no report.
Child start(Courier& courier, const LmtpEnvelope& envelope, const Spool& message,
            const config::Settings& settings)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return {};
    base::UniqueFd read_end(ends[0]);
    base::UniqueFd write_end(ends[1]);
    const pid_t pid = ::fork();
    if (pid < 0)
        return {};
    if (pid > 0)
        return {pid, std::move(read_end)};
    read_end.reset();
    int status = static_cast<int>(ExitStatus::TryAgain);
    try {
        prepare_process();
        limit_time(settings.deliver.time_limit);
        courier.run(envelope, message, std::move(write_end));
        status = 0;
    } catch (const std::exception& error) {
        logging::Log().error("internal-error", {{"what", error.what()}});
    }
    ::_exit(status);
}

/// Reads what a child says until it closes its end; puts the replies into their places.
void collect(Child& child, std::vector<LmtpReply>& replies)
{
    constexpr std::size_t most = std::size_t{1} << 20;
    const auto text = io::read_whole(child.answer.get(), most);
    std::string_view rest = text ? std::string_view(*text) : std::string_view();
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        const auto space = line.find(' ');
        const auto number = parse_octets(line.substr(0, space));
        if (number && *number < replies.size() && space != line.npos)
            replies[static_cast<std::size_t>(*number)] = line.substr(space + 1);
    }
}

} // namespace

Mailroom::~Mailroom()
{
    reap();
}

void Mailroom::reap()
{
    for (const pid_t pid : concluding_)
        while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
        }
    concluding_.clear();
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

TraceFields Mailroom::trace_fields(const LmtpEnvelope& envelope,
                                   const std::string& recipient) const
{
    const base::SystemClock clock;
    const Origin origin{envelope.client, peer_, envelope.protocol};
    return {envelope.sender, recipient,
            received_field(origin, host_, recipient, clock.wall_us() / 1'000'000)};
}

std::vector<LmtpReply> Mailroom::deliver(const LmtpEnvelope& envelope, Spool& message)
{
    reap();
    std::vector<LmtpReply> replies(accepted_.size(), no_report);
    std::vector<std::vector<std::size_t>> groups; // by whom the child has to become
    for (std::size_t i = 0; i < accepted_.size(); ++i) {
        const auto same = [&](const std::vector<std::size_t>& group) {
            const auto& a = accepted_[group.front()].recipient.identity;
            const auto& b = accepted_[i].recipient.identity;
            return a.uid == b.uid && a.gid == b.gid && a.groups_of == b.groups_of;
        };
        const auto group = std::find_if(groups.begin(), groups.end(), same);
        if (group != groups.end())
            group->push_back(i);
        else
            groups.push_back({i});
    }

    std::vector<Child> children;
    const auto collect_all = [&] {
        for (Child& child : children) {
            if (child.pid < 0)
                continue;
            collect(child, replies);
            concluding_.push_back(child.pid);
        }
        children.clear();
    };
    for (auto& group : groups) {
        if (children.size() == Mailroom::max_children)
            collect_all();
        Courier courier(*this, std::move(group));
        children.push_back(start(courier, envelope, message, *settings_));
    }
    collect_all();
    return replies;
}

} // namespace deliver
