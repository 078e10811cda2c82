// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace supervisor {

/// Who is connected: what limits are measured against.
///
/// A connection is there as long as its login process or its session is. Without TLS
/// the one ends when the other begins, with TLS both live; they are told to us by
/// different processes, so each event may be about something we do not know (any
/// more), and then changes nothing.
class Scoreboard {
public:
    using Connection = std::uint64_t;

    /// `memory`, which is borrowed, is where all of it is kept.
    explicit Scoreboard(
        std::pmr::memory_resource* memory = std::pmr::get_default_resource())
        : entries_(memory), sessions_(memory), addresses_(memory), users_(memory)
    {
    }

    /// `zygote` is the process whose child serves the client up to its login.
    /// Connections are numbered in the order in which they are accepted.
    void accepted(Connection connection, std::string_view address, pid_t zygote,
                  std::int64_t now_us);
    /// The login process has ended.
    void login_ended(Connection connection);
    /// All login processes of that zygote are out of our sight.
    void zygote_ended(pid_t zygote);
    /// `pid` has become the session of `user`.
    void logged_in(Connection connection, pid_t pid, std::string_view user,
                   std::string_view address);
    void session_ended(pid_t pid);
    /// It has been told to make room for another of its user's, and counts no more.
    void leaving(pid_t pid);

    /// Connections that nobody has logged in on.
    std::size_t before_login() const { return before_login_; }
    std::size_t sessions() const { return sessions_.size(); }
    std::size_t of_address(std::string_view address) const;
    std::size_t of_user(std::string_view user) const;
    bool is_session(pid_t pid) const { return sessions_.contains(pid); }
    /// Those of `user` that are not leaving. Cost: all sessions are looked at.
    std::vector<pid_t> sessions_of(std::string_view user) const;

    /// Who is to go where others wait: of the address with the most connections that
    /// nobody has logged in on, the oldest, if it was accepted before `before_us` and
    /// has a login process of `zygote`. Cost: all connections are looked at.
    std::optional<Connection> longest_before_login(std::int64_t before_us,
                                                   pid_t zygote) const;

private:
    using Counts = std::pmr::map<std::pmr::string, std::size_t, std::less<>>;
    struct Entry {
        using allocator_type = std::pmr::polymorphic_allocator<>; ///< of the map
        explicit Entry(allocator_type memory) : address(memory), user(memory) {}

        std::pmr::string address;
        std::pmr::string user; ///< empty: not logged in
        pid_t zygote = 0;      ///< 0: the login process has ended
        pid_t session = 0;
        std::int64_t accepted_us = 0;
        bool is_leaving = false;
        bool has_logged_in = false; ///< once: its login process is a relay since
    };
    using Entries = std::pmr::map<Connection, Entry>;

    Entries::iterator find_or_add(Connection connection, std::string_view address);
    /// Removes an entry that neither a login process nor a session holds.
    void drop_if_over(Entries::iterator entry);
    static void add(Counts& counts, std::string_view name);
    static void subtract(Counts& counts, std::string_view name);
    static std::size_t count(const Counts& counts, std::string_view name);

    Entries entries_;
    std::pmr::map<pid_t, Connection> sessions_;
    Counts addresses_;
    Counts users_;
    std::size_t before_login_ = 0;
};

} // namespace supervisor
