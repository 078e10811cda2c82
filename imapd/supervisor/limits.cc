// SPDX-License-Identifier: ISC
#include "supervisor/limits.h"

#include <algorithm>
#include <utility>

#include <sched.h>

#include "config/networks.h"
#include "log/log.h"

namespace supervisor {
namespace {

constexpr std::int64_t second_ms = 1000;

/// How many processors this process may use.
unsigned processors()
{
    cpu_set_t set;
    if (::sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return static_cast<unsigned>(std::max(CPU_COUNT(&set), 1));
}

} // namespace

void Limits::change(const config::Settings::Limits& settings)
{
    settings_ = settings;
    const auto wanted = static_cast<unsigned>(settings.password_checks);
    auto turnstile = base::Turnstile::make(wanted != 0 ? wanted : processors());
    if (turnstile)
        hashing_ = std::move(*turnstile);
    else
        logging::Log().warn("not-limited", {{"what", "password-checks"},
                                            {"reason", turnstile.error().text}});
}

std::string Limits::network_of(std::string_view peer) const
{
    return config::network_of(peer, static_cast<unsigned>(settings_.ipv6_prefix));
}

bool Limits::allows_address(std::string_view peer, const Scoreboard& scoreboard) const
{
    return is_trusted(peer) ||
           scoreboard.of_address(network_of(peer)) < settings_.connections_per_address;
}

std::int64_t Limits::failed_ms(std::string_view peer, std::string_view fingerprint,
                               std::int64_t now_us)
{
    if (is_trusted(peer))
        return 0;
    return failures_.delay_ms(network_of(peer), fingerprint, now_us,
                              {settings_.failure_delay * second_ms,
                               settings_.failure_delay_most * second_ms});
}

std::int64_t Limits::refused_ms(std::string_view peer) const
{
    return is_trusted(peer) ? 0 : settings_.failure_delay * second_ms;
}

} // namespace supervisor
