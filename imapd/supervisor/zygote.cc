// SPDX-License-Identifier: ISC
#include "supervisor/zygote.h"

#include <csignal>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/unique_fd.h"
#include "config/login_account.h"
#include "io/file.h"
#include "log/log.h"
#include "sandbox/drop.h"

namespace supervisor {

using base::Errc;
using base::Error;
using base::Result;

namespace {

constexpr std::int64_t start_ms = 20'000;
constexpr int exit_config = 78; // EX_CONFIG
constexpr int exit_os = 71;     // EX_OSERR

bool needs_tls(const config::Settings& settings)
{
    return !settings.imapd.listen_tls.empty();
}

constexpr std::size_t limit = ipc::LoginSettings::max_octets;

/// The key that goes with a certificate; it may stand in the same file.
Result<std::string> key_of(const config::Settings::Tls& tls)
{
    return io::read_file_at(
        AT_FDCWD, tls.private_key.empty() ? tls.certificate : tls.private_key, limit);
}

/// The certificates of names, and their keys, into `login`.
base::Status add_names(const config::Settings& settings, ipc::LoginSettings& login)
{
    if (settings.tls_names.size() > ipc::LoginSettings::max_names)
        return Error{Errc::Limit, "more than 256 sections [tls NAME]"};
    for (const auto& [name, tls] : settings.tls_names) {
        auto certificate = io::read_file_at(AT_FDCWD, tls.certificate, limit);
        if (!certificate)
            return certificate.error();
        auto key = key_of(tls);
        if (!key)
            return key.error();
        login.names.push_back({name, std::move(*certificate), std::move(*key)});
    }
    return base::Done{};
}

/// Certificate and key into `login`.
base::Status add_certificate(const config::Settings& settings,
                             ipc::LoginSettings& login)
{
    const auto& tls = settings.tls;
    if (tls.certificate.empty() && !needs_tls(settings))
        return base::Done{};
    auto certificate = io::read_file_at(AT_FDCWD, tls.certificate, limit);
    if (!certificate && certificate.error().code == Errc::NotFound &&
        !needs_tls(settings)) {
        logging::Log().warn("no-tls", {{"reason", certificate.error().text}});
        return base::Done{};
    }
    if (!certificate)
        return certificate.error();
    auto key = key_of(tls);
    if (!key)
        return key.error();
    login.certificate = std::move(*certificate);
    login.private_key = std::move(*key);
    if (!tls.client_ca.empty()) {
        auto authorities = io::read_file_at(AT_FDCWD, tls.client_ca, limit);
        if (!authorities)
            return authorities.error();
        login.client_ca = std::move(*authorities);
    }
    return add_names(settings, login);
}

/// The settings in a memfd, at its start.
Result<base::UniqueFd> memory_of(const ipc::LoginSettings& login)
{
    base::UniqueFd memory(::memfd_create("imapd-login-settings", MFD_CLOEXEC));
    if (!memory)
        return Error::from_errno("memfd_create");
    if (auto done = io::write_all(memory.get(), login.encode()); !done)
        return done.error();
    if (::lseek(memory.get(), 0, SEEK_SET) != 0)
        return Error::from_errno("lseek");
    return memory;
}

/// Puts each descriptor into its place, without closing one that is still to be moved.
void place(int settings, int control, int requests)
{
    constexpr int beyond = 10;
    const int fds[] = {::fcntl(settings, F_DUPFD_CLOEXEC, beyond),
                       ::fcntl(control, F_DUPFD_CLOEXEC, beyond),
                       ::fcntl(requests, F_DUPFD_CLOEXEC, beyond)};
    ::dup2(fds[0], static_cast<int>(ipc::LoginFd::Settings));
    ::dup2(fds[1], static_cast<int>(ipc::LoginFd::Control));
    ::dup2(fds[2], static_cast<int>(ipc::LoginFd::Requests));
    // What whoever started us left open is nothing for a process that talks to anybody.
    ::close_range(static_cast<unsigned int>(ipc::LoginFd::Requests) + 1, ~0U,
                  CLOSE_RANGE_CLOEXEC);
}

[[noreturn]] void fail(const Error& error, int status)
{
    logging::Log().error("cannot-start",
                         {{"program", "imapd-login"}, {"reason", error.text}});
    ::_exit(status);
}

/// In the child: becomes imapd-login.
[[noreturn]] void execute(const ZygoteRecipe& recipe, const config::Settings& settings,
                          const LoginUser& user, int control, int requests,
                          const sigset_t& mask)
{
    ipc::LoginSettings login;
    login.uid = user.uid;
    login.gid = user.gid;
    login.settings = settings.to_text();
    if (auto done = add_certificate(settings, login); !done)
        fail(done.error(), exit_config);
    auto memory = memory_of(login);
    if (!memory)
        fail(memory.error(), exit_os);

    const char* const log =
        recipe.log == ZygoteRecipe::LogTo::StandardError ? "-e" : "";
    const char* const arguments[] = {"imapd-login", *log == '\0' ? nullptr : log,
                                     nullptr};
    const char* const environment[] = {"PATH=/usr/bin:/bin", nullptr};
    ::sigprocmask(SIG_SETMASK, &mask, nullptr);
    place(memory->get(), control, requests);
    ::execve(recipe.program.c_str(), const_cast<char* const*>(arguments),
             const_cast<char* const*>(environment));
    fail(Error::from_errno("execute", recipe.program), exit_os);
}

} // namespace

Result<LoginUser> login_user(const config::Settings& settings)
{
    if (!sandbox::is_privileged())
        return LoginUser{};
    const auto account = config::login_account(settings);
    if (!account)
        return account.error();
    return LoginUser{account->uid, account->gid};
}

Result<Zygote> Zygote::start(const ZygoteRecipe& recipe,
                             const config::Settings& settings, const LoginUser& user,
                             int requests, const sigset_t& parents_mask,
                             const io::Wait& wait)
{
    auto channels = ipc::Channel::pair();
    if (!channels)
        return channels.error();
    const pid_t pid = ::fork();
    if (pid < 0)
        return Error::from_errno("fork");
    if (pid == 0)
        execute(recipe, settings, user, channels->second.fd(), requests, parents_mask);
    channels->second.close();
    Zygote zygote(pid, std::move(channels->first));

    const auto deadline = io::Deadline::after_ms(wait.clock(), start_ms);
    for (;;) {
        const auto datagram = zygote.control_.receive(wait, deadline);
        if (!datagram && datagram.error().code == Errc::Busy)
            continue; // a signal; its flag is looked at when we are through
        const auto notice = datagram ? ipc::LoginNotice::decode(datagram->bytes)
                                     : Result<ipc::LoginNotice>(datagram.error());
        if (notice && notice->kind == ipc::LoginNotice::Kind::Ready)
            return zygote;
        ::kill(pid, SIGKILL); // not reaped yet, so still ours
        return Error{Errc::Cannot, "imapd-login does not start: its own line in the "
                                   "log says why"};
    }
}

base::Status Zygote::hand_over(const ipc::Client& client, int socket)
{
    const int fds[] = {socket};
    return control_.send(client.encode(), fds);
}

Result<ipc::LoginNotice> Zygote::notice()
{
    const auto datagram = control_.receive();
    if (!datagram)
        return datagram.error();
    return ipc::LoginNotice::decode(datagram->bytes);
}

} // namespace supervisor
