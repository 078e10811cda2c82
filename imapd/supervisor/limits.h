// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>

#include "base/turnstile.h"
#include "config/settings.h"
#include "supervisor/failures.h"
#include "supervisor/scoreboard.h"

namespace supervisor {

/// What section `[limits]` allows to whom. `peer` is always an address without a port.
class Limits {
public:
    /// `memory`: for `Failures`.
    explicit Limits(
        const config::Settings::Limits& settings,
        std::pmr::memory_resource* memory = std::pmr::get_default_resource())
        : failures_(memory)
    {
        change(settings);
    }
    /// For a reload. What has failed stays known; who hashes a password goes on.
    void change(const config::Settings::Limits& settings);

    /// The name under which the connections of `peer` are counted.
    std::string network_of(std::string_view peer) const;
    bool allows_address(std::string_view peer, const Scoreboard& scoreboard) const;
    bool allows_user(std::string_view user, const Scoreboard& scoreboard) const
    {
        return scoreboard.of_user(user) < settings_.connections_per_user;
    }
    /// Whether one more may come in that has not logged in.
    bool allows_another(const Scoreboard& scoreboard) const
    {
        return scoreboard.before_login() < settings_.connections_before_login;
    }

    /// Whether one more attempt may begin beside those that are under way. There is at
    /// most one a login process, unless one of them does what it should not; others may
    /// wait in their socket.
    bool allows_attempt(std::size_t under_way) const
    {
        return under_way < settings_.connections_before_login + of_other_servers;
    }

    /// How long a client waits that has not proved who it is (`Failures`), and one that
    /// may not come in.
    std::int64_t failed_ms(std::string_view peer, std::string_view fingerprint,
                           std::int64_t now_us);
    std::int64_t refused_ms(std::string_view peer) const;

    /// For whoever hashes a password; null: there is none, which the log knows.
    const base::Turnstile* hashing() const { return hashing_ ? &*hashing_ : nullptr; }

private:
    /// Clients of servers that ask who they are do not count as connections.
    static constexpr std::size_t of_other_servers = 256;

    bool is_trusted(std::string_view peer) const
    {
        return settings_.trusted.contain(peer);
    }

    config::Settings::Limits settings_;
    Failures failures_;
    std::optional<base::Turnstile> hashing_;
};

} // namespace supervisor
