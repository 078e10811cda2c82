// SPDX-License-Identifier: ISC
#include "supervisor/signals.h"

namespace supervisor {
namespace {

constexpr int handled[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};

void on_stop(int)
{
    Signals::wishes().stop = 1;
}
void on_reload(int)
{
    Signals::wishes().reload = 1;
}
void on_child(int)
{
}

void handle(int signal, void (*handler)(int))
{
    struct sigaction action = {};
    action.sa_handler = handler;
    ::sigaction(signal, &action, nullptr);
}

} // namespace

/// A signal handler finds nothing but a global (R6 excepts it).
Wishes& Signals::wishes()
{
    static constinit Wishes wishes;
    return wishes;
}

Signals::Signals()
{
    sigset_t blocked;
    ::sigemptyset(&blocked);
    for (const int signal : handled)
        ::sigaddset(&blocked, signal);
    ::sigprocmask(SIG_BLOCK, &blocked, &before_);
    for (const int signal : handled) // whoever started us may have blocked them
        ::sigdelset(&before_, signal);
    handle(SIGTERM, on_stop);
    handle(SIGINT, on_stop);
    handle(SIGHUP, on_reload);
    handle(SIGCHLD, on_child);
    handle(SIGPIPE, SIG_IGN);
}

Signals::~Signals()
{
    undo();
}

void Signals::undo() const
{
    for (const int signal : handled)
        handle(signal, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

} // namespace supervisor
