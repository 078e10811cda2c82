// SPDX-License-Identifier: ISC
#include "deliver/courier.h"

#include <cerrno>
#include <csignal>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "deliver/exit_status.h"
#include "deliver/failure.h"
#include "deliver/placement.h"
#include "deliver/process.h"
#include "deliver/spool.h"
#include "io/wait.h"
#include "log/log.h"

namespace deliver {
namespace {

using base::Errc;

LmtpReply reply_of(const std::optional<base::Error>& failed,
                   const config::Settings& settings)
{
    return reply_for(failed ? failure(*failed, settings) : delivered());
}

void log_failure(const base::Error& failed, const config::Settings& settings,
                 const std::string& user)
{
    const std::string line = failure(failed, settings).line;
    logging::Log().warn("not-delivered",
                        {{"user", user}, {"reason", line.substr(0, line.size() - 1)}});
}

/// A message and its recipients: what a courier does at once.
class Round {
public:
    Round(std::vector<Errand> errands, const config::Settings& settings)
        : errands_(std::move(errands)), settings_(&settings),
          placements_(errands_.size()), failures_(errands_.size())
    {
    }

    /// All files are written before the first one is waited for, and all are visible
    /// before the first directory is synced, so that the disk has as few commits to do
    /// as it likes.
    void deliver(const Spool& message)
    {
        each([&](std::size_t i) { return take(i, message); });
        if (errands_.size() > 1) // one file gains nothing from it
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
    }

    void fail(const base::Error& error)
    {
        for (auto& failed : failures_)
            failed = error;
    }

    std::vector<LmtpReply> replies() const
    {
        std::vector<LmtpReply> all;
        for (const auto& failed : failures_)
            all.push_back(reply_of(failed, *settings_));
        return all;
    }

    /// All that a client need not wait for: a log that hangs would take its replies.
    void conclude()
    {
        for (std::size_t i = 0; i < errands_.size(); ++i) {
            if (placements_[i])
                placements_[i]->conclude();
            if (failures_[i])
                log_failure(*failures_[i], *settings_,
                            errands_[i].recipient.identity.user);
        }
    }

private:
    /// Does one step for all that have not failed yet.
    template <class Step>
    void each(Step step)
    {
        for (std::size_t i = 0; i < errands_.size(); ++i) {
            if (failures_[i])
                continue;
            if (base::Status done = step(i); !done) {
                failures_[i] = done.error();
                placements_[i].reset();
            }
        }
    }

    base::Status take(std::size_t i, const Spool& message)
    {
        Errand& errand = errands_[i];
        auto placement = Placement::begin(
            errand.recipient, {errand.recipient.extension, Wish::By::Address},
            std::move(errand.fields), *settings_);
        if (!placement)
            return placement.error();
        placements_[i] = std::move(*placement);
        auto done = message.read(
            [&](std::string_view octets) { return placements_[i]->write(octets); });
        return done ? placements_[i]->end() : done;
    }

    std::vector<Errand> errands_;
    const config::Settings* settings_;
    std::vector<std::unique_ptr<Placement>> placements_;
    std::vector<std::optional<base::Error>> failures_;
};

/// What a courier is given.
struct Task {
    std::vector<Errand> errands;
    base::UniqueFd file;
};

/// Errors: Gone when the mailroom is; Syntax for what no mailroom says.
base::Result<Task> next_task(ipc::Channel& mailroom, const io::Wait& wait)
{
    Task task;
    while (!task.file) {
        auto datagram = mailroom.receive(wait, io::Deadline::never());
        if (!datagram && datagram.error().code == Errc::Busy) // a signal
            continue;
        if (!datagram)
            return datagram.error();
        auto errand = Errand::decode(datagram->bytes);
        if (!errand)
            return errand.error();
        task.errands.push_back(std::move(*errand));
        if (!datagram->fds.empty())
            task.file = std::move(datagram->fds.front());
    }
    return task;
}

/// A courier's life: until the mailroom is gone.
void work(ipc::Channel& mailroom, const auth::Identity& identity,
          const config::Settings& settings)
{
    const base::SystemClock clock;
    const io::Wait wait(clock);
    const auto became = become(identity);
    for (bool is_first = true;; is_first = false) {
        auto task = next_task(mailroom, wait);
        if (!task)
            return;
        if (!is_first)
            limit_time(settings.deliver.time_limit);
        Round round(std::move(task->errands), settings);
        const auto message = Spool::of(std::move(task->file));
        if (!became || !message)
            round.fail(became ? message.error() : became.error());
        else
            round.deliver(*message);
        const auto told = mailroom.send(encode_replies(round.replies()));
        round.conclude();
        if (!became || !told) // who has not become somebody may be anybody
            return;
        rest();
    }
}

/// How often we look whether somebody whom we wait for has been stopped.
constexpr std::int64_t look_ms = 500;

/// Whether its user has stopped that child, which is nothing that helps him, and keeps
/// us from serving others.
bool is_stopped(pid_t pid)
{
    siginfo_t info = {};
    return ::waitid(P_PID, static_cast<id_t>(pid), &info, WSTOPPED | WNOHANG) == 0 &&
           info.si_pid == pid;
}

/// Waits for a process that is about to end. One that is not is not let keep us.
void wait_for_end(pid_t pid)
{
    const base::SystemClock clock;
    // More than it has for what follows its replies.
    const auto deadline = io::Deadline::after_ms(clock, 2 * closing_time_limit * 1000);
    const base::UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    const int flags = process ? WNOHANG : 0; // without one we can but wait
    for (pid_t ended = 0; (ended = ::waitpid(pid, nullptr, flags)) != pid;) {
        if (ended < 0 && errno != EINTR)
            return;
        if (deadline.has_passed(clock) || is_stopped(pid))
            ::kill(pid, SIGKILL);
        io::Wait(clock).for_one(process.get(), POLLIN,
                                io::Deadline::after_ms(clock, look_ms));
    }
}

} // namespace

bool Courier::is_same(const auth::Identity& a, const auth::Identity& b)
{
    return a.uid == b.uid && a.gid == b.gid && a.groups_of == b.groups_of;
}

Courier::Courier(Courier&& other) noexcept
    : identity_(std::move(other.identity_)), settings_(other.settings_),
      until_(other.until_), channel_(std::move(other.channel_)),
      pid_(std::exchange(other.pid_, -1))
{
}

Courier::~Courier()
{
    channel_.close();
    if (pid_ > 0)
        wait_for_end(pid_);
}

void Courier::disown()
{
    channel_.close();
    pid_ = -1;
}

base::Result<Courier> Courier::start(const auth::Identity& identity,
                                     const config::Settings& settings,
                                     const std::function<void()>& leave,
                                     std::int64_t lifetime)
{
    auto ends = ipc::Channel::pair();
    if (!ends)
        return ends.error();
    Courier courier(identity, settings, lifetime);
    courier.pid_ = ::fork();
    if (courier.pid_ < 0)
        return base::Error::from_errno("fork");
    const bool is_child = courier.pid_ == 0;
    courier.channel_ = std::move(is_child ? ends->second : ends->first);
    if (is_child) {
        ends->first.close();
        leave();
        courier.live();
    }
    return courier;
}

void Courier::live()
{
    int status = static_cast<int>(ExitStatus::TryAgain);
    try {
        prepare_process();
        limit_time(settings_->deliver.time_limit);
        work(channel_, identity_, *settings_);
        status = 0;
    } catch (const std::exception& error) {
        logging::Log().error("internal-error", {{"what", error.what()}});
    }
    ::_exit(status);
}

io::Deadline Courier::patience(const config::Settings& settings)
{
    const base::SystemClock clock;
    const std::int64_t seconds =
        settings.deliver.time_limit + publish_time_limit + 2 * closing_time_limit;
    return io::Deadline::after_ms(clock, seconds * 1000);
}

bool Courier::ask(std::span<const Errand> errands, int file, io::Deadline deadline)
{
    const io::Wait wait(clock_);
    const int fds[] = {file};
    for (const Errand& errand : errands) {
        const bool is_last = &errand == &errands.back();
        if (!channel_.send(errand.encode(), std::span<const int>(fds, is_last ? 1 : 0),
                           wait, deadline)) {
            channel_.close();
            return false;
        }
    }
    return true;
}

std::vector<LmtpReply> Courier::replies(std::size_t count, io::Deadline deadline)
{
    const io::Wait wait(clock_);
    for (;;) {
        const auto soon = io::Deadline::after_ms(clock_, look_ms);
        const auto datagram = channel_.receive(wait, deadline.earlier(soon));
        if (!datagram && datagram.error().code == Errc::Busy) // a signal
            continue;
        if (!datagram && datagram.error().code == Errc::Timeout &&
            !deadline.has_passed(clock_) && !is_stopped(pid_))
            continue;
        if (datagram) {
            auto replies = decode_replies(datagram->bytes, count);
            if (!replies.empty())
                return replies;
        }
        if (datagram || datagram.error().code == Errc::Timeout)
            ::kill(pid_, SIGKILL);
        channel_.close();
        return {};
    }
}

} // namespace deliver
