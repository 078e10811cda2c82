// SPDX-License-Identifier: ISC
/// \file
/// What the supervisor does at a signal: reads the settings anew, or stops.
#include "supervisor/supervisor.h"

#include <csignal>
#include <cstdint>
#include <string>
#include <utility>

#include "net/service_manager.h"

namespace supervisor {
namespace {

/// After SIGKILL, until we end without having seen everybody's death.
constexpr std::int64_t death_ms = 1'000;

} // namespace

void Supervisor::obey_signals()
{
    Wishes& wishes = Signals::wishes();
    if (wishes.stop != 0) {
        wishes.stop = 0;
        stop();
    }
    if (wishes.reload != 0) {
        wishes.reload = 0;
        if (state_ == State::Serving)
            reload();
    }
    if (state_ == State::Stopping && stop_deadline_.has_passed(clock_)) {
        log_.warn("killed", {{"processes", attempts_.size() + zygotes_.size()}});
        state_ = State::Killing;
        stop_deadline_ = io::Deadline::after_ms(clock_, death_ms);
        kill_children(SIGKILL);
    }
}

base::Status Supervisor::rearrange(const config::Settings& fresh)
{
    for (const Listener& listener : listeners_.all())
        wait_.remove(listener.socket.get());
    auto done = listeners_.arrange(fresh);
    if (!done) // the zygote has the fresh settings already: back to the old ones
        static_cast<void>(start_zygote(settings_));
    return done;
}

void Supervisor::reload()
{
    net::notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(clock_.steady_us()));
    auto fresh = options_.reload();
    base::Status done = base::Done{};
    if (!fresh)
        done = fresh.error();
    if (done)
        done = start_zygote(*fresh);
    if (done)
        done = rearrange(*fresh);
    if (done) {
        settings_ = std::move(*fresh);
        limits_.change(settings_.limits);
        log_.info("reloaded", {{"file", options_.config_path}});
    } else {
        log_.error("not-reloaded",
                   {{"file", options_.config_path}, {"reason", done.error().text}});
    }
    net::notify("READY=1");
}

void Supervisor::stop()
{
    if (state_ >= State::Stopping)
        return;
    net::notify("STOPPING=1");
    log_.info("stopping", {{"sessions", scoreboard_.sessions()}});
    for (const Listener& listener : listeners_.all())
        wait_.remove(listener.socket.get());
    listeners_.close_all();
    unsent_.reset();
    state_ = State::Stopping;
    stop_deadline_ = io::Deadline::after_ms(clock_, patience_ms);
    kill_children(SIGTERM);
}

/// Every one of them is a child that we have not reaped, so its pid is still its own.
void Supervisor::kill_children(int signal)
{
    for (const auto& [pid, mark] : attempts_)
        ::kill(pid, signal);
    for (const Zygote& zygote : zygotes_)
        ::kill(zygote.pid(), signal);
}

} // namespace supervisor
