// SPDX-License-Identifier: ISC
#include "session/client.h"

#include <csignal>

namespace imapd {
namespace {

volatile std::sig_atomic_t stop_flag = 0;

void note_stop(int)
{
    stop_flag = 1;
}

} // namespace

bool stop_requested()
{
    return stop_flag != 0;
}

void hear_stop_signals(io::Wait& wait)
{
    struct sigaction action = {};
    action.sa_handler = note_stop;
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGHUP, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN); // a limit on file sizes shows as EFBIG

    sigset_t stopping;
    ::sigemptyset(&stopping);
    ::sigaddset(&stopping, SIGTERM);
    ::sigaddset(&stopping, SIGINT);
    sigset_t others;
    ::sigprocmask(SIG_BLOCK, &stopping, &others);
    ::sigdelset(&others, SIGTERM);
    ::sigdelset(&others, SIGINT);
    wait.let_signals_through(others);
}

std::string_view ClientSource::more()
{
    using Reason = io::Disconnected::Reason;
    const auto deadline = io::Deadline::after_ms(wait_->clock(), patience_ms_);
    output_->flush(); // whoever waits for an answer must have it before we wait
    for (;;) {
        if (const auto n = stream_->read(buffer_)) {
            if (*n == 0)
                throw io::Disconnected{Reason::Closed};
            octets_ += *n;
            return {buffer_.data(), *n};
        }
        if (stop_requested())
            throw io::Disconnected{Reason::Stopped};
        if (deadline.has_passed(wait_->clock()))
            throw io::Disconnected{Reason::TimedOut};
        static_cast<void>(
            wait_->for_one(stream_->read_fd(), stream_->read_events(), deadline));
    }
}

void ClientSource::go_ahead()
{
    output_->write("+ OK\r\n");
    output_->flush();
}

} // namespace imapd
