// SPDX-License-Identifier: ISC
#include "supervisor/scoreboard.h"

namespace supervisor {

void Scoreboard::add(Counts& counts, std::string_view name)
{
    auto found = counts.find(name);
    if (found == counts.end())
        found = counts.emplace(name, 0).first;
    ++found->second;
}

void Scoreboard::subtract(Counts& counts, std::string_view name)
{
    const auto found = counts.find(name);
    if (found != counts.end() && --found->second == 0)
        counts.erase(found);
}

std::size_t Scoreboard::count(const Counts& counts, std::string_view name)
{
    const auto found = counts.find(name);
    return found == counts.end() ? 0 : found->second;
}

std::size_t Scoreboard::of_address(std::string_view address) const
{
    return count(addresses_, address);
}

std::size_t Scoreboard::of_user(std::string_view user) const
{
    return count(users_, user);
}

Scoreboard::Entries::iterator Scoreboard::find_or_add(Connection connection,
                                                      std::string_view address)
{
    const auto [entry, added] = entries_.try_emplace(connection);
    if (added) {
        entry->second.address = address;
        add(addresses_, address);
        ++before_login_;
    }
    return entry;
}

void Scoreboard::accepted(Connection connection, std::string_view address, pid_t zygote,
                          std::int64_t now_us)
{
    Entry& entry = find_or_add(connection, address)->second;
    entry.zygote = zygote;
    entry.accepted_us = now_us;
}

void Scoreboard::logged_in(Connection connection, pid_t pid, std::string_view user,
                           std::string_view address)
{
    auto entry = find_or_add(connection, address);
    if (entry->second.session != 0) { // a login process lies: it counts all the same
        connection = static_cast<Connection>(pid); // far below those that we number
        entry = find_or_add(connection, address);
    }
    entry->second.session = pid;
    entry->second.has_logged_in = true;
    entry->second.user = user;
    sessions_.emplace(pid, connection);
    add(users_, user);
    --before_login_;
}

void Scoreboard::login_ended(Connection connection)
{
    const auto entry = entries_.find(connection);
    if (entry == entries_.end())
        return;
    entry->second.zygote = 0;
    drop_if_over(entry);
}

void Scoreboard::zygote_ended(pid_t zygote)
{
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const auto here = entry++;
        if (here->second.zygote == zygote) {
            here->second.zygote = 0;
            drop_if_over(here);
        }
    }
}

void Scoreboard::session_ended(pid_t pid)
{
    const auto session = sessions_.find(pid);
    if (session == sessions_.end())
        return;
    const auto entry = entries_.find(session->second);
    sessions_.erase(session);
    if (entry == entries_.end())
        return;
    if (!entry->second.is_leaving)
        subtract(users_, entry->second.user);
    entry->second.user.clear();
    entry->second.session = 0;
    ++before_login_; // as its login process, which ends in a moment, or is gone
    drop_if_over(entry);
}

void Scoreboard::leaving(pid_t pid)
{
    const auto session = sessions_.find(pid);
    if (session == sessions_.end())
        return;
    Entry& entry = entries_.at(session->second);
    if (entry.is_leaving)
        return;
    entry.is_leaving = true;
    subtract(users_, entry.user);
}

std::vector<pid_t> Scoreboard::sessions_of(std::string_view user) const
{
    std::vector<pid_t> found;
    for (const auto& [pid, connection] : sessions_) {
        const Entry& entry = entries_.at(connection);
        if (entry.user == user && !entry.is_leaving)
            found.push_back(pid);
    }
    return found;
}

std::optional<Scoreboard::Connection>
Scoreboard::longest_before_login(std::int64_t before_us, pid_t zygote) const
{
    const auto is_before_login = [](const Entry& entry) {
        return !entry.has_logged_in && entry.zygote != 0;
    };
    std::map<std::string_view, std::size_t> crowds;
    for (const auto& [connection, entry] : entries_)
        if (is_before_login(entry))
            ++crowds[entry.address];
    std::optional<Connection> found;
    std::size_t largest = 0;
    for (const auto& [connection, entry] : entries_) {
        if (!is_before_login(entry) || entry.zygote != zygote ||
            entry.accepted_us >= before_us || crowds[entry.address] <= largest)
            continue;
        found = connection;
        largest = crowds[entry.address];
    }
    return found;
}

void Scoreboard::drop_if_over(Entries::iterator entry)
{
    if (entry->second.zygote != 0 || entry->second.session != 0)
        return;
    subtract(addresses_, entry->second.address);
    --before_login_;
    entries_.erase(entry);
}

} // namespace supervisor
