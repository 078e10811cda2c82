// SPDX-License-Identifier: ISC
#include "supervisor/supervisor.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <exception>
#include <span>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/random.h"
#include "io/deadline.h"
#include "ipc/auth.h"
#include "net/address.h"
#include "sandbox/drop.h"
#include "sandbox/limits.h"

namespace supervisor {

using base::Errc;
using base::Error;

namespace {

constexpr rlim_t wanted_files = 65536;
/// Clients taken from one listener before the others get their turn.
constexpr int accepted_in_a_row = 16;
constexpr std::int64_t pause_ms = 500;
constexpr std::int64_t revive_ms = 1'000;
constexpr std::int64_t retry_ms = 20;
constexpr std::int64_t look_again_ms = 250;
/// A login process that is to make room says BYE and goes, which takes it a second.
constexpr std::int64_t obedience_ms = 3'000;
constexpr std::size_t key_octets = 32;
constexpr int exit_software = 70;

ipc::Client client_of(std::uint64_t connection, ipc::Client::Tls tls, int socket)
{
    ipc::Client client;
    client.connection = connection;
    client.tls = tls;
    const auto peer = net::Address::of_peer(socket);
    client.peer = peer ? peer->host() : "unknown";
    client.loopback = peer && peer->is_loopback();
    return client;
}

} // namespace

Supervisor::Supervisor(config::Settings settings, Options options)
    : settings_(std::move(settings)), options_(std::move(options)), wait_(clock_),
      scoreboard_(unforked_.resource()),
      limits_(settings_.limits, unforked_.resource()),
      last_connection_(static_cast<Connection>(clock_.wall_us())),
      stop_deadline_(io::Deadline::never()), pause_(io::Deadline::never()),
      revive_(io::Deadline::never()), crowd_(io::Deadline::never())
{
    base::SystemRandom random;
    fingerprint_key_.resize(key_octets);
    random.fill(std::as_writable_bytes(std::span(fingerprint_key_)));
    wait_.let_signals_through(signals_.open_mask());
}

base::Status Supervisor::open_requests()
{
    auto requests = ipc::Channel::pair();
    if (!requests)
        return requests.error();
    requests_ = std::move(requests->first);
    login_requests_ = std::move(requests->second);
    return requests_.ask_for_credentials();
}

base::Status Supervisor::prepare()
{
    auto notices = ipc::Channel::pair();
    if (!notices)
        return notices.error();
    notices_ = std::move(notices->first);
    attempt_notices_ = std::move(notices->second);
    static_cast<void>(sandbox::raise_files(wanted_files));
    return start_zygote(settings_);
}

base::Status Supervisor::listen(std::vector<net::PassedSocket> passed)
{
    if (auto done = listeners_.adopt(std::move(passed)); !done)
        return done;
    if (auto done = listeners_.arrange(settings_); !done)
        return done;
    if (listeners_.all().empty())
        return Error{Errc::Cannot, "nothing to listen on: [imapd] listen and "
                                   "listen-tls are empty"};
    if (auto done = prepare(); !done)
        return done;
    for (const Listener& listener : listeners_.all()) {
        const auto address = net::Address::of_socket(listener.socket.get());
        log_.info(
            "listening",
            {{"address", address && address->family() != AF_UNIX ? address->to_text()
                                                                 : listener.endpoint},
             {"tls", listener.tls == ipc::Client::Tls::Implicit ? "yes" : "no"}});
    }
    return base::Done{};
}

base::Status Supervisor::serve_one(base::UniqueFd client, ipc::Client::Tls tls)
{
    if (auto done = prepare(); !done)
        return done;
    const auto about = client_of(++last_connection_, tls, client.get());
    scoreboard_.accepted(about.connection, limits_.network_of(about.peer),
                         zygotes_.back().pid(), clock_.steady_us());
    if (auto done = zygotes_.back().hand_over(about, client.get()); !done)
        return done;
    zygotes_.back().drain();
    has_zygote_ = false;
    state_ = State::Draining;
    return base::Done{};
}

base::Status Supervisor::start_zygote(const config::Settings& settings)
{
    const auto user = login_user(settings);
    if (!user)
        return user.error();
    if (!requests_) {
        if (auto done = open_requests(); !done)
            return done;
    }
    auto zygote = Zygote::start(options_.zygote, settings, *user, login_requests_.fd(),
                                signals_.open_mask(), wait_);
    if (!zygote)
        return zygote.error();
    if (has_zygote_)
        zygotes_.back().drain();
    login_user_ = *user;
    zygotes_.push_back(std::move(*zygote));
    has_zygote_ = true;
    revive_ = io::Deadline::never();
    return base::Done{};
}

// The loop.

void Supervisor::run()
{
    base::fill_holes();
    while (!is_over()) {
        if (turn() == Next::Attempt && may_attempt()) {
            base::wipe_stack(); // of what we have just heard about others
            fork_attempt();
        }
    }
}

/// Not a part of `run`, in whose frame nothing is to be that an attempt must not have.
[[gnu::noinline]] Supervisor::Next Supervisor::turn()
{
    arrange_wait();
    // A copy: what we do below changes the set that is waited for.
    const auto span = wait_.next(next_deadline());
    const std::vector<io::Wait::Ready> ready(span.begin(), span.end());
    obey_signals();
    // In this order: an attempt tells of its login before the login process that
    // asked for it ends, and a session ends after both.
    hear_attempts();
    hear_zygotes();
    reap();
    revive_zygote();
    hand_over_again();
    Next next = Next::Wait;
    for (const auto& [fd, events] : ready) {
        if (fd == requests_.fd() && (events & POLLRDHUP) != 0)
            renew_requests();
        else if (fd == requests_.fd())
            next = Next::Attempt;
        for (const Listener& listener : listeners_.all()) {
            if (fd == listener.socket.get())
                accept_clients(listener);
        }
    }
    return next;
}

bool Supervisor::is_over() const
{
    if (state_ == State::Serving)
        return false;
    return (zygotes_.empty() && attempts_.empty()) ||
           (state_ == State::Killing && stop_deadline_.has_passed(clock_));
}

void Supervisor::watch(int fd, bool wanted)
{
    if (wanted)
        wait_.add(fd, POLLIN | POLLRDHUP);
    else
        wait_.remove(fd);
}

void Supervisor::arrange_wait()
{
    if (pause_.has_passed(clock_))
        pause_ = io::Deadline::never();
    if (crowd_.has_passed(clock_))
        crowd_ = io::Deadline::never();
    for (const Listener& listener : listeners_.all())
        watch(listener.socket.get(), may_accept() || may_dismiss());
    watch(notices_.fd(), true);
    for (const Zygote& zygote : zygotes_) {
        if (zygote.control() >= 0)
            watch(zygote.control(), true);
    }
    if (requests_)
        watch(requests_.fd(), may_attempt());
}

io::Deadline Supervisor::next_deadline() const
{
    auto deadline = stop_deadline_.earlier(pause_).earlier(revive_).earlier(crowd_);
    if (unsent_)
        deadline = deadline.earlier(io::Deadline::after_ms(clock_, retry_ms));
    return deadline;
}

// Clients.

bool Supervisor::may_accept() const
{
    return state_ == State::Serving && has_zygote_ && !unsent_ && pause_.is_never() &&
           limits_.allows_another(scoreboard_);
}

/// Whether somebody who waits in a listener's queue is a reason to make room.
bool Supervisor::may_dismiss() const
{
    return state_ == State::Serving && has_zygote_ &&
           !limits_.allows_another(scoreboard_) && crowd_.is_never();
}

/// One at a time: whoever comes next finds the place that the last one has left. One
/// that does not go is told again, which ends it.
void Supervisor::dismiss_one()
{
    crowd_ = io::Deadline::after_ms(clock_, look_again_ms);
    // One that is drained is told nothing any more; its clients' time will be over.
    Zygote& zygote = zygotes_.back();
    const auto longest = scoreboard_.longest_before_login(
        clock_.steady_us() - courtesy_ms * 1000, zygote.pid());
    if (!longest || !zygote.dismiss({*longest}))
        return;
    dismissed_ = longest;
    crowd_ = io::Deadline::after_ms(clock_, obedience_ms);
    log_.info("dismissed", {{"id", ipc::connection_id(*longest)},
                            {"reason", "connections-before-login"}});
}

void Supervisor::accept_clients(const Listener& listener)
{
    if (may_dismiss())
        dismiss_one();
    for (int i = 0; i < accepted_in_a_row && may_accept(); ++i) {
        base::UniqueFd socket(
            ::accept4(listener.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (socket) {
            welcome(std::move(socket), listener);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            log_.error("cannot-accept", {{"reason", Error::from_errno("accept").text}});
            pause_ = io::Deadline::after_ms(clock_, pause_ms);
        }
        return; // nobody there, or gone before we looked
    }
}

void Supervisor::welcome(base::UniqueFd socket, const Listener& listener)
{
    auto client = client_of(++last_connection_, listener.tls, socket.get());
    client.speaks = listener.speaks;
    if (client.speaks == ipc::Client::Speaks::Sasl) // a server, not a client to count
        return hand_over(std::move(client), std::move(socket));
    if (!limits_.allows_address(client.peer, scoreboard_)) {
        log_.warn("refused",
                  {{"ip", client.peer}, {"reason", "connections-per-address"}});
        return;
    }
    scoreboard_.accepted(client.connection, limits_.network_of(client.peer),
                         zygotes_.back().pid(), clock_.steady_us());
    hand_over(std::move(client), std::move(socket));
}

void Supervisor::hand_over(ipc::Client client, base::UniqueFd socket)
{
    const auto sent = zygotes_.back().hand_over(client, socket.get());
    if (sent)
        return;
    if (sent.error().code == Errc::Busy) {
        unsent_ = Unsent{std::move(client), std::move(socket)};
        return;
    }
    log_.error("cannot-hand-over",
               {{"ip", client.peer}, {"reason", sent.error().text}});
    scoreboard_.login_ended(client.connection);
}

void Supervisor::hand_over_again()
{
    if (!unsent_)
        return;
    Unsent unsent = std::move(*unsent_);
    unsent_.reset();
    if (has_zygote_)
        hand_over(std::move(unsent.client), std::move(unsent.socket));
    else
        scoreboard_.login_ended(unsent.client.connection);
}

// Attempts.

/// Forking for a request that an attempt is about to take would fork twice.
bool Supervisor::may_attempt() const
{
    return state_ <= State::Draining && untaken_ == 0 &&
           limits_.allows_attempt(attempts_.size() - scoreboard_.sessions());
}

/// We hold the other end too, so it has not been closed but shut down, which none of
/// our login processes does. Those that are there now can ask for nothing more.
void Supervisor::renew_requests()
{
    log_.error("login-died", {{"reason", "a login process has shut the others out"}});
    wait_.remove(requests_.fd());
    requests_.close();
    if (state_ != State::Serving)
        return;
    if (has_zygote_)
        zygotes_.back().drain();
    has_zygote_ = false;
    revive_ = io::Deadline::after_ms(clock_, revive_ms);
}

void Supervisor::fork_attempt()
{
    // Without a mark its session is never the longest idle one, and no more than that.
    auto made = ipc::IdleMark::make();
    ipc::IdleMark mark = made ? std::move(*made) : ipc::IdleMark();
    const pid_t pid = ::fork();
    if (pid < 0) {
        log_.error("cannot-fork", {{"reason", Error::from_errno("fork").text}});
        pause_ = io::Deadline::after_ms(clock_, pause_ms);
        return;
    }
    if (pid > 0) {
        mark.keep_to_this_process();
        attempts_.emplace(pid, std::move(mark));
        untaken_ = pid;
        return;
    }
    int status = exit_software;
    try {
        signals_.undo();
        Seat seat = {&settings_,        &requests_, &attempt_notices_, std::nullopt,
                     limits_.hashing(), &mark,      &fingerprint_key_};
        if (sandbox::is_privileged())
            seat.login_uid = login_user_.uid;
        status = options_.attempt(seat);
    } catch (const std::exception& error) { // the boundary of this process
        log_.error("internal-error", {{"text", error.what()}});
    }
    ::_exit(status);
}

void Supervisor::hear_attempts()
{
    for (;;) {
        auto datagram = notices_.receive();
        if (!datagram && datagram.error().code == Errc::Limit)
            continue; // nothing that an attempt of ours would send
        if (!datagram)
            return;
        const auto notice = ipc::AttemptNotice::decode(datagram->bytes);
        if (!notice || !attempts_.contains(notice->pid))
            continue;
        if (untaken_ == notice->pid)
            untaken_ = 0;
        if (notice->kind != ipc::AttemptNotice::Kind::Taken &&
            datagram->fds.size() == 1)
            decide(*notice, ipc::Channel(std::move(datagram->fds.front())));
    }
}

/// An attempt that does not hear from us takes that for a no.
void Supervisor::decide(const ipc::AttemptNotice& notice, ipc::Channel reply)
{
    ipc::Verdict verdict;
    if (notice.kind == ipc::AttemptNotice::Kind::Failed) {
        verdict.delay_ms =
            limits_.failed_ms(notice.peer, notice.fingerprint, clock_.steady_us());
    } else {
        if (dismissed_ == notice.connection) { // too late
            dismissed_.reset();
            crowd_ = io::Deadline::never();
        }
        verdict.may_enter = make_room_for(notice.user);
        if (verdict.may_enter)
            scoreboard_.logged_in(notice.connection, notice.pid, notice.user,
                                  limits_.network_of(notice.peer));
        else
            verdict.delay_ms = limits_.refused_ms(notice.peer);
    }
    static_cast<void>(reply.send(verdict.encode()));
}

/// Whether one more session of `user` fits in. Of those that only wait for news, the
/// one that has waited the longest makes room: it is one that its user has forgotten,
/// or a client that will come again.
bool Supervisor::make_room_for(std::string_view user)
{
    if (limits_.allows_user(user, scoreboard_))
        return true;
    const auto pid = longest_idle(user);
    if (!pid)
        return false;
    scoreboard_.leaving(*pid);
    ::kill(*pid, SIGUSR1); // our child, not reaped yet
    return true;
}

std::optional<pid_t> Supervisor::longest_idle(std::string_view user) const
{
    std::optional<pid_t> longest;
    std::int64_t first_us = 0;
    for (const pid_t pid : scoreboard_.sessions_of(user)) {
        const auto mark = attempts_.find(pid);
        const auto since =
            mark == attempts_.end() ? std::nullopt : mark->second.since_us();
        if (since && (!longest || *since < first_us)) {
            longest = pid;
            first_us = *since;
        }
    }
    return longest;
}

// Zygotes, and whoever has died.

void Supervisor::hear_zygotes()
{
    bool replace = false;
    for (Zygote& zygote : zygotes_)
        replace = hear(zygote) || replace;
    if (replace && state_ == State::Serving)
        replace_zygote();
}

/// True if one of the current zygote's children has died of something.
bool Supervisor::hear(Zygote& zygote)
{
    bool replace = false;
    for (;;) {
        const auto notice = zygote.notice();
        if (!notice && notice.error().code == Errc::Gone) {
            wait_.remove(zygote.control());
            zygote.close(); // it is about to die, which reap() will see
        }
        if (!notice)
            return replace;
        if (notice->kind == ipc::LoginNotice::Kind::Ready)
            continue;
        scoreboard_.login_ended(notice->connection);
        if (dismissed_ == notice->connection) {
            dismissed_.reset();
            crowd_ = io::Deadline::never();
        }
        if (notice->kind == ipc::LoginNotice::Kind::Crashed &&
            zygote.pid() == zygotes_.back().pid())
            replace = true;
    }
}

/// A login process has crashed: the next client must find another address layout.
void Supervisor::replace_zygote()
{
    log_.warn("login-replaced", {{"reason", "a login process has crashed"}});
    if (auto done = start_zygote(settings_); !done)
        log_.error("cannot-start",
                   {{"program", "imapd-login"}, {"reason", done.error().text}});
}

void Supervisor::reap()
{
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid == untaken_)
            untaken_ = 0;
        if (attempts_.erase(pid) > 0) {
            if (WIFSIGNALED(status) && state_ <= State::Draining)
                log_.error(scoreboard_.is_session(pid) ? "session-died"
                                                       : "attempt-died",
                           {{"pid", pid}, {"signal", WTERMSIG(status)}});
            scoreboard_.session_ended(pid);
        }
        const auto zygote = std::ranges::find(zygotes_, pid, &Zygote::pid);
        if (zygote != zygotes_.end())
            zygote_died(zygote);
    }
}

void Supervisor::zygote_died(std::list<Zygote>::iterator zygote)
{
    static_cast<void>(hear(*zygote));
    scoreboard_.zygote_ended(zygote->pid());
    dismissed_.reset(); // it may have been one of those
    crowd_ = io::Deadline::never();
    wait_.remove(zygote->control());
    const bool is_current = has_zygote_ && std::next(zygote) == zygotes_.end();
    zygotes_.erase(zygote);
    if (!is_current)
        return;
    has_zygote_ = false;
    if (state_ == State::Serving) {
        log_.error("login-died", {{"program", "imapd-login"}});
        revive_ = io::Deadline::after_ms(clock_, revive_ms);
    }
}

void Supervisor::revive_zygote()
{
    if (state_ != State::Serving || !revive_.has_passed(clock_))
        return;
    if (auto done = start_zygote(settings_); !done) {
        log_.error("cannot-start",
                   {{"program", "imapd-login"}, {"reason", done.error().text}});
        revive_ = io::Deadline::after_ms(clock_, revive_ms);
    }
}

} // namespace supervisor
