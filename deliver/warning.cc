// SPDX-License-Identifier: ISC
#include "deliver/warning.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace deliver {
namespace {

bool has_passed(std::int64_t used, std::int64_t added, std::uint64_t limit,
                std::uint64_t percent)
{
    if (limit == 0)
        return false;
    // In this order: limits are below 2^60, and hundredths of them are exact enough.
    const auto mark =
        static_cast<std::int64_t>(limit / 100 * percent + limit % 100 * percent / 100);
    return used >= mark && used - added < mark;
}

[[noreturn]] void run(const char* command, const auth::Identity& user,
                      const char* percent)
{
    ::setenv("USER", user.user.c_str(), 1);
    ::setenv("LOGNAME", user.user.c_str(), 1);
    if (user.home.empty())
        ::unsetenv("HOME");
    else
        ::setenv("HOME", user.home.c_str(), 1);
    const int null = ::open("/dev/null", O_RDWR);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (null < 0 || ::dup2(null, fd) < 0)
            ::_exit(1);
    // exec keeps what is ignored, and what is blocked.
    for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGXFSZ, SIGALRM})
        ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::alarm(warning_time_limit);
    ::execl(command, command, user.user.c_str(), percent, static_cast<char*>(nullptr));
    ::_exit(1);
}

} // namespace

bool has_passed(const maildir::Quota::State& state, const maildir::QuotaUsage& added,
                std::uint64_t percent)
{
    return has_passed(state.usage.octets, added.octets, state.limits.octets, percent) ||
           has_passed(state.usage.messages, added.messages, state.limits.messages,
                      percent);
}

base::Status warn(const std::string& command, const auth::Identity& user,
                  std::uint64_t percent)
{
    const std::string number = std::to_string(percent);
    const pid_t child = ::fork();
    if (child < 0)
        return base::Error::from_errno("fork");
    if (child == 0) {
        // Away from us: a mail server that kills our process group does not mean it.
        ::setsid();
        const pid_t grandchild = ::fork();
        if (grandchild == 0)
            run(command.c_str(), user, number.c_str());
        ::_exit(grandchild < 0 ? 1 : 0);
    }
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    return base::Done{};
}

} // namespace deliver
