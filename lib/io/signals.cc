// SPDX-License-Identifier: ISC
#include "io/signals.h"

namespace io {

void handle_signals(std::initializer_list<int> signals, void (*handler)(int))
{
    struct sigaction action = {};
    action.sa_handler = handler;
    for (const int signal : signals)
        ::sigaction(signal, &action, nullptr);
}

sigset_t hold_signals_back(std::initializer_list<int> signals)
{
    sigset_t held;
    ::sigemptyset(&held);
    for (const int signal : signals)
        ::sigaddset(&held, signal);
    sigset_t while_waiting;
    ::sigprocmask(SIG_BLOCK, &held, &while_waiting);
    for (const int signal : signals)
        ::sigdelset(&while_waiting, signal);
    return while_waiting;
}

} // namespace io
