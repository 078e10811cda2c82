// SPDX-License-Identifier: ISC
#include "session/client.h"

#include <csignal>
#include <initializer_list>
#include <utility>

#include "io/signals.h"

namespace imapd {
namespace {

volatile std::sig_atomic_t stop_flag = 0;

volatile std::sig_atomic_t room_flag = 0;

void note(int signal)
{
    (signal == SIGUSR1 ? room_flag : stop_flag) = 1;
}

} // namespace

bool stop_requested()
{
    return stop_flag != 0;
}

bool room_requested()
{
    return room_flag != 0;
}

void hear_signals(io::Wait& wait)
{
    const std::initializer_list<int> heard = {SIGTERM, SIGINT, SIGUSR1};
    io::handle_signals(heard, note);
    // SIGXFSZ: a limit on file sizes shows as EFBIG
    io::handle_signals({SIGPIPE, SIGHUP, SIGXFSZ}, SIG_IGN);
    wait.let_signals_through(io::hold_signals_back(heard));
}

std::string_view ClientSource::more()
{
    using Reason = io::Disconnected::Reason;
    const auto deadline = io::Deadline::after_ms(wait_->clock(), patience_ms_);
    const auto rest_at = io::Deadline::after_ms(wait_->clock(), rest_ms);
    output_->flush(); // whoever waits for an answer must have it before we wait
    for (bool is_resting = false;;) {
        if (poll())
            return {buffer_.data(), std::exchange(held_, 0)};
        if (!output_->is_heard()) // and all that it had sent has been taken
            throw io::Disconnected{Reason::Closed};
        if (stop_requested())
            throw io::Disconnected{Reason::Stopped};
        if (deadline.has_passed(wait_->clock()))
            throw io::Disconnected{Reason::TimedOut};
        if (!is_resting && rest_at.has_passed(wait_->clock())) {
            rest_();
            is_resting = true;
        }
        static_cast<void>(
            wait_->for_one(stream_->read_fd(), stream_->read_events(),
                           is_resting ? deadline : deadline.earlier(rest_at)));
    }
}

bool ClientSource::poll()
{
    if (held_ > 0)
        return true;
    const auto n = stream_->read(buffer_);
    if (n && *n == 0)
        throw io::Disconnected{io::Disconnected::Reason::Closed};
    held_ = n.value_or(0);
    octets_ += held_;
    return held_ > 0;
}

std::string ClientSource::change_stream(io::Stream& stream)
{
    stream_ = &stream;
    return {buffer_.data(), std::exchange(held_, 0)};
}

void ClientSource::go_ahead()
{
    output_->write("+ OK\r\n");
    output_->flush();
}

} // namespace imapd
