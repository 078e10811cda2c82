// SPDX-License-Identifier: ISC
#include "login/zygote.h"

#include <exception>
#include <stdexcept>
#include <utility>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/disconnected.h"
#include "ipc/auth.h"
#include "login/sasl_connection.h"
#include "sandbox/limits.h"

namespace login {
namespace {

/// Far more than a login process needs: the kernel also takes it as the bound on how
/// many descriptors all of them together may have on the way to attempts.
constexpr rlim_t max_files = 4096;

/// Whether a login process did what it should. SIGTERM between its birth and its first
/// wait is no fault of its own.
bool has_ended_well(int status)
{
    return WIFSIGNALED(status) ? WTERMSIG(status) == SIGTERM : WEXITSTATUS(status) == 0;
}

/// The whole life of a login process. Never returns.
[[noreturn]] void live(base::UniqueFd socket, const ipc::Client& client,
                       const Common& common)
{
    int status = 0;
    try {
        // Should the zygote die, a client before its login is told to come again. A
        // relay does not listen to this: its session goes on.
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        static_cast<void>(sandbox::limit_files(max_files));
        static_cast<void>(sandbox::limit_processes());
        if (common.filter != nullptr) {
            if (const auto done = common.filter->apply(); !done)
                throw std::runtime_error(done.error().text);
        }
        if (client.speaks == ipc::Client::Speaks::Sasl)
            serve_sasl(std::move(socket), client, common);
        else
            serve(std::move(socket), client, common);
    } catch (const std::exception& error) { // the boundary of this process
        logging::Log().error("internal-error",
                             {{"ip", client.peer},
                              {"id", ipc::connection_id(client.connection)},
                              {"text", error.what()}});
        status = 70; // EX_SOFTWARE
    }
    ::_exit(status);
}

} // namespace

Zygote::Zygote(ipc::Channel control, Common common)
    : control_(std::move(control)), common_(std::move(common)), wait_(clock_),
      deadline_(io::Deadline::never()),
      rotation_(io::Deadline::after_ms(clock_, rotation_ms))
{
    wait_.let_signals_through(common_.while_waiting);
}

void Zygote::run()
{
    tell({ipc::LoginNotice::Kind::Ready, 0});
    while (supervised_ || !children_.empty() || !notices_.empty()) {
        short events = 0;
        if (supervised_)
            events |= POLLIN;
        if (!notices_.empty())
            events |= POLLOUT;
        if (events == 0)
            wait_.remove(control_.fd());
        else
            wait_.add(control_.fd(), events);
        static_cast<void>(wait_.next(deadline_.earlier(rotation_)));
        rotate_tickets();
        if (*common_.stop != 0 && !stopping_)
            stop();
        if (supervised_)
            take_clients();
        reap();
        flush_notices();
        if (deadline_.has_passed(clock_)) {
            kill_all(SIGKILL);
            return;
        }
    }
}

/// Processes that are there already go on with the keys that they have: each has one
/// client, which gets its tickets right after the handshake.
void Zygote::rotate_tickets()
{
    if (!rotation_.has_passed(clock_))
        return;
    rotation_ = io::Deadline::after_ms(clock_, rotation_ms);
    if (common_.tls != nullptr)
        common_.tls->rotate_tickets();
}

void Zygote::take_clients()
{
    for (;;) {
        auto datagram = control_.receive();
        if (!datagram) {
            if (datagram.error().code == base::Errc::Gone)
                supervised_ = false;
            return;
        }
        if (const auto dismissal = ipc::Dismissal::decode(datagram->bytes)) {
            dismiss(*dismissal);
            continue;
        }
        const auto client = ipc::Client::decode(datagram->bytes);
        if (!client || datagram->fds.size() != 1) {
            logging::Log().error("bad-message", {{"from", "supervisor"}});
            continue;
        }
        spawn(*client, std::move(datagram->fds.front()));
    }
}

/// Whoever has logged in meanwhile is a relay now, and does not listen to this. Who is
/// told twice has not listened for other reasons.
void Zygote::dismiss(const ipc::Dismissal& dismissal)
{
    for (auto& [pid, child] : children_) {
        if (child.connection == dismissal.connection)
            ::kill(pid, std::exchange(child.is_dismissed, true) ? SIGKILL : SIGTERM);
    }
}

void Zygote::spawn(const ipc::Client& client, base::UniqueFd socket)
{
    const pid_t pid = ::fork();
    if (pid < 0) {
        logging::Log().error("cannot-fork",
                             {{"reason", base::Error::from_errno("fork").text}});
        tell({ipc::LoginNotice::Kind::Ended, client.connection});
        return;
    }
    if (pid == 0) {
        control_.close();
        live(std::move(socket), client, common_);
    }
    children_.emplace(pid, Child{client.connection});
}

void Zygote::reap()
{
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        const auto child = children_.find(pid);
        if (child == children_.end())
            continue;
        const bool ended = has_ended_well(status);
        if (!ended)
            logging::Log().error(
                "login-process-died",
                {{"pid", pid},
                 {"signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0},
                 {"status", WIFEXITED(status) ? WEXITSTATUS(status) : 0}});
        using Kind = ipc::LoginNotice::Kind;
        tell({ended ? Kind::Ended : Kind::Crashed, child->second.connection});
        children_.erase(child);
    }
}

void Zygote::tell(const ipc::LoginNotice& notice)
{
    notices_.push_back(notice);
    flush_notices();
}

void Zygote::flush_notices()
{
    while (!notices_.empty()) {
        const auto sent = control_.send(notices_.front().encode());
        if (!sent && sent.error().code == base::Errc::Busy)
            return;
        if (!sent) { // the supervisor is gone: nobody wants to know
            notices_.clear();
            return;
        }
        notices_.pop_front();
    }
}

void Zygote::stop()
{
    stopping_ = true;
    supervised_ = false;
    deadline_ = io::Deadline::after_ms(clock_, patience_ms);
    kill_all(SIGTERM);
}

void Zygote::kill_all(int signal) const
{
    for (const auto& [pid, child] : children_) // ours until we have reaped them
        ::kill(pid, signal);
}

} // namespace login
