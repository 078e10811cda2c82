// SPDX-License-Identifier: ISC
/// \file
/// Signals that a process hears of while it waits (`io::Wait`), and at no other time.
#pragma once

#include <csignal>
#include <initializer_list>

namespace io {

/// `handler` for each of them: a function, SIG_IGN or SIG_DFL. A wait that is
/// interrupted ends.
void handle_signals(std::initializer_list<int> signals, void (*handler)(int));

/// Blocks them, but for waits. Gives the mask of those, `Wait::let_signals_through`: as
/// it was before, and they are open in it even if whoever started us had blocked them.
sigset_t hold_signals_back(std::initializer_list<int> signals);

} // namespace io
