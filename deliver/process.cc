// SPDX-License-Identifier: ISC
#include "deliver/process.h"

#include <csignal>
#include <ctime>
#include <exception>
#include <iterator>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"

namespace deliver {
namespace {

constexpr int try_again_status = static_cast<int>(ExitStatus::TryAgain);

/// Only what signal-safety(7) allows. The file in `tmp/` stays behind and is swept
/// away with the others that crashes leave there.
[[noreturn]] void give_up(std::string_view line)
{
    static_cast<void>(!::write(STDERR_FILENO, line.data(), line.size()));
    ::_exit(try_again_status);
}

void on_signal(int number)
{
    if (number == SIGALRM)
        give_up("4.2.0 deliver: out of time\n");
    give_up("4.2.0 deliver: asked to end\n");
}

void set_handler(int number, void (*handler)(int))
{
    struct sigaction action = {};
    action.sa_handler = handler;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(number, &action, nullptr);
}

constexpr int polite[] = {SIGHUP, SIGINT, SIGTERM};

sigset_t polite_set()
{
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : polite)
        ::sigaddset(&set, number);
    return set;
}

} // namespace

void prepare_process()
{
    ::umask(077);
    pollfd standard[] = {
        {STDIN_FILENO, 0, 0}, {STDOUT_FILENO, 0, 0}, {STDERR_FILENO, 0, 0}};
    if (::poll(standard, std::size(standard), 0) > 0)
        for (const pollfd& one : standard)
            if ((one.revents & POLLNVAL) != 0) // it is closed; open(2) takes the lowest
                static_cast<void>(::open("/dev/null", O_RDWR));

    std::set_terminate([] { give_up("4.3.0 deliver: unexpected failure\n"); });
    set_handler(SIGXFSZ, SIG_IGN);
    set_handler(SIGPIPE, SIG_IGN);
    for (const int number : polite)
        set_handler(number, on_signal);
    set_handler(SIGALRM, on_signal);
    set_handler(SIGCHLD, SIG_DFL); // ignored, it would keep from us how children end

    // A caller may have left them blocked, and exec keeps that.
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_UNBLOCK, &all, nullptr);
    ::alarm(time_limit);
}

void limit_time(std::int64_t seconds)
{
    ::alarm(static_cast<unsigned>(seconds));
}

void prepare_service()
{
    ::alarm(0);
    set_handler(SIGALRM, SIG_DFL);
    for (const int number : polite)
        set_handler(number, SIG_DFL);
    // The C library reads the time zone, and loads its modules for groups, when first
    // asked. Every child asks.
    ::tzset();
    gid_t group = 0;
    int count = 1;
    static_cast<void>(::getgrouplist("root", 0, &group, &count));
}

void rest()
{
    ::alarm(0);
    set_handler(SIGALRM, on_signal);
    const sigset_t now = polite_set();
    ::sigprocmask(SIG_UNBLOCK, &now, nullptr);
}

void begin_publishing()
{
    const sigset_t later = polite_set(); // by when we have ended
    ::sigprocmask(SIG_BLOCK, &later, nullptr);
    ::alarm(publish_time_limit);
}

void end_publishing()
{
    set_handler(SIGALRM, [](int) { ::_exit(static_cast<int>(ExitStatus::Delivered)); });
    ::alarm(closing_time_limit);
}

Parent::Parent() : pid_(::getppid())
{
}

bool Parent::has_died() const
{
    return ::getppid() != pid_;
}

int finish(const Outcome& outcome)
{
    if (!outcome.line.empty())
        static_cast<void>(io::write_all(STDERR_FILENO, outcome.line));
    return static_cast<int>(outcome.status);
}

} // namespace deliver
