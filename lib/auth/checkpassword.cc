// SPDX-License-Identifier: ISC
#include "auth/checkpassword.h"

#include <array>
#include <optional>

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "auth/child.h"
#include "auth/location.h"
#include "auth/password.h"
#include "base/scope_exit.h"
#include "base/unique_fd.h"

namespace auth {

using base::Errc;
using base::Error;
using base::Result;

namespace {

constexpr int input_fd = 3;
constexpr int exit_wrong = 1;
constexpr int exit_cannot_execute = 127;
/// Uid, gid and the whole environment.
constexpr std::size_t max_output = 64 * 1024;
constexpr const char* teller = "id -u && id -g && exec env -0";

/// A pipe with `input` in it, which is small enough to fit.
Result<base::UniqueFd> pipe_with(const std::string& input)
{
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return Error::from_errno("pipe");
    base::UniqueFd from(ends[0]);
    const base::UniqueFd to(ends[1]);
    if (::write(to.get(), input.data(), input.size()) !=
        static_cast<ssize_t>(input.size()))
        return Error::from_errno("write");
    return from;
}

/// In the child.
void execute(const std::string& program, const std::string& address, int input,
             int output)
{
    // Out of the way first: one of them may be in the other's place.
    const int in = ::fcntl(input, F_DUPFD_CLOEXEC, input_fd + 1);
    const int out = ::fcntl(output, F_DUPFD_CLOEXEC, input_fd + 1);
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || ::dup2(null, STDIN_FILENO) < 0 || ::dup2(out, STDOUT_FILENO) < 0 ||
        ::dup2(in, input_fd) < 0)
        return;
    const std::string remote = "TCPREMOTEIP=" + address;
    const std::array<const char*, 5> environment = {
        "PATH=/usr/bin:/bin", "PROTO=TCP", "SERVICE=imap", remote.c_str(), nullptr};
    const std::array<const char*, 5> arguments = {program.c_str(), "/bin/sh", "-c",
                                                  teller, nullptr};
    ::execve(program.c_str(), const_cast<char* const*>(arguments.data()),
             const_cast<char* const*>(environment.data()));
    ::_exit(exit_cannot_execute);
}

/// Takes what stands before the first `end` off `text`.
std::optional<std::string> take(std::string_view& text, char end)
{
    const std::size_t at = text.find(end);
    if (at == std::string_view::npos)
        return std::nullopt;
    std::string taken(text.substr(0, at));
    text.remove_prefix(at + 1);
    return taken;
}

/// What the teller has told.
std::optional<PasswdEntry> entry_from(std::string_view output, std::string_view user)
{
    PasswdEntry entry;
    entry.user = user;
    const auto uid = take(output, '\n');
    const auto gid = take(output, '\n');
    if (!uid || !gid)
        return std::nullopt;
    entry.uid = *uid;
    entry.gid = *gid;
    while (const auto variable = take(output, '\0')) {
        if (variable->starts_with("USER="))
            entry.user = variable->substr(5);
        else if (variable->starts_with("HOME="))
            entry.home = variable->substr(5);
    }
    if (!check_user(entry.user) || (!entry.home.empty() && entry.home.front() != '/'))
        return std::nullopt;
    return entry;
}

} // namespace

Result<PasswdEntry> CheckpasswordSource::check(std::string_view user,
                                               std::string_view password,
                                               const Circumstances& circumstances) const
{
    std::string input = std::string(user) + '\0' + std::string(password) + '\0' + '\0';
    const base::ScopeExit forget([&] { ::explicit_bzero(input.data(), input.size()); });
    if (password.empty() || password.find('\0') != std::string_view::npos ||
        input.size() > max_input)
        return Error{Errc::Refused, "no password that checkpassword could have", 0};
    const auto from = pipe_with(input);
    if (!from)
        return from.error();
    const auto child = run_child(
        [&](int to) { execute(program_, circumstances.address, from->get(), to); },
        max_output, patience_ms);
    if (!child)
        return Error{Errc::Cannot, program_ + ' ' + child.error().text, 0};
    if (WIFEXITED(child->status) && WEXITSTATUS(child->status) == exit_wrong)
        return Error{Errc::Refused, "checkpassword says no", 0};
    if (child->status != 0)
        return Error{Errc::Cannot,
                     program_ + " has ended with status " +
                         std::to_string(WEXITSTATUS(child->status)),
                     0};
    auto entry = entry_from(child->output, user);
    if (!entry)
        return Error{Errc::Cannot, program_ + " does not execute what it is given", 0};
    return std::move(*entry);
}

std::vector<std::string> CheckpasswordSource::complaints() const
{
    if (::access(program_.c_str(), X_OK) == 0)
        return {};
    return {"[auth] checkpassword: " + Error::from_errno("execute", program_).text};
}

} // namespace auth
