// SPDX-License-Identifier: ISC
#include "auth/child.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/unique_fd.h"

namespace auth {

using base::Errc;
using base::Error;

namespace {

std::int64_t now_ms()
{
    timespec now = {};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

/// Up to the end of it.
base::Result<std::string> read_all(int from, std::size_t most, std::int64_t end)
{
    std::string output;
    for (;;) {
        pollfd wait = {from, POLLIN, 0};
        const std::int64_t left = end - now_ms();
        const int ready = left > 0 ? ::poll(&wait, 1, static_cast<int>(left)) : 0;
        if (ready == 0)
            return Error{Errc::Timeout, "does not answer", 0};
        char octets[1024];
        const ssize_t n = ready > 0 ? ::read(from, octets, sizeof octets) : -1;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return Error::from_errno("read");
        if (n == 0)
            return output;
        output.append(octets, static_cast<std::size_t>(n));
        if (output.size() > most)
            return Error{Errc::Limit, "says too much", 0};
    }
}

/// How it ends, if it does in time: one that has closed its output need not be through.
base::Result<int> status_of(pid_t pid, std::int64_t end)
{
    constexpr timespec moment = {0, 2'000'000};
    int status = 0;
    for (;;) {
        const pid_t ended = ::waitpid(pid, &status, WNOHANG);
        if (ended == pid)
            return status;
        if (ended < 0 && errno != EINTR)
            return Error::from_errno("waitpid");
        if (now_ms() >= end)
            return Error{Errc::Timeout, "does not end", 0};
        ::nanosleep(&moment, nullptr);
    }
}

/// Together with what it has started, unless that is a process group of its own.
void kill_and_reap(pid_t pid)
{
    ::kill(-pid, SIGKILL); // not reaped yet, so still ours
    ::kill(pid, SIGKILL);
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR)
        continue;
}

} // namespace

base::Result<Child> run_child(const std::function<void(int to)>& work, std::size_t most,
                              int patience_ms)
{
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return Error::from_errno("pipe");
    const base::UniqueFd from(ends[0]);
    base::UniqueFd to(ends[1]);
    const pid_t pid = ::fork();
    if (pid < 0)
        return Error::from_errno("fork");
    if (pid == 0) {
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::signal(SIGPIPE, SIG_DFL); // which programs expect
        work(to.get());
        ::_exit(1);
    }
    to.reset();
    const std::int64_t end = now_ms() + patience_ms;
    auto output = read_all(from.get(), most, end);
    const auto status =
        output ? status_of(pid, end) : base::Result<int>(output.error());
    if (!status) {
        kill_and_reap(pid);
        return status.error();
    }
    return Child{std::move(*output), *status};
}

} // namespace auth
