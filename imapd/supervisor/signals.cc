// SPDX-License-Identifier: ISC
#include "supervisor/signals.h"

#include <initializer_list>

#include "io/signals.h"

namespace supervisor {
namespace {

constexpr std::initializer_list<int> handled = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};

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

} // namespace

/// A signal handler finds nothing but a global (R6 excepts it).
Wishes& Signals::wishes()
{
    static constinit Wishes wishes;
    return wishes;
}

Signals::Signals()
{
    open_mask_ = io::hold_signals_back(handled);
    io::handle_signals({SIGTERM, SIGINT}, on_stop);
    io::handle_signals({SIGHUP}, on_reload);
    io::handle_signals({SIGCHLD}, on_child);
    io::handle_signals({SIGPIPE}, SIG_IGN);
}

Signals::~Signals()
{
    undo();
}

void Signals::undo() const
{
    io::handle_signals(handled, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &open_mask_, nullptr);
}

} // namespace supervisor
