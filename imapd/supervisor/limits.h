// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
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
    explicit Limits(const config::Settings::Limits& settings) { change(settings); }
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

    /// How long a client waits that has not proved who it is (`Failures`), and one that
    /// may not come in.
    std::int64_t failed_ms(std::string_view peer, std::string_view fingerprint,
                           std::int64_t now_us);
    std::int64_t refused_ms(std::string_view peer) const;

    /// For whoever hashes a password; null: there is none, which the log knows.
    const base::Turnstile* hashing() const { return hashing_ ? &*hashing_ : nullptr; }

private:
    bool is_trusted(std::string_view peer) const
    {
        return settings_.trusted.contain(peer);
    }

    config::Settings::Limits settings_;
    Failures failures_;
    std::optional<base::Turnstile> hashing_;
};

} // namespace supervisor
