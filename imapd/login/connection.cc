// SPDX-License-Identifier: ISC
#include "login/connection.h"

#include <memory>

#include <poll.h>

#include "base/clock.h"
#include "io/disconnected.h"
#include "io/input.h"
#include "io/output.h"
#include "login/attempt_link.h"
#include "login/commands.h"
#include "login/relay.h"
#include "net/socket.h"

namespace login {
namespace {

/// How long a client that takes nothing may keep us from saying goodbye.
constexpr std::int64_t farewell_ms = 1'000;

class Connection final : public imap::ByteSource, public imap::ByteSink {
public:
    Connection(base::UniqueFd socket, const ipc::Client& client, const Common& common);

    void run();

    std::string_view more() override;
    void go_ahead() override;
    void write(std::string_view octets) override { output_.write(octets); }

private:
    void talk();
    void shake_hands();
    void hand_over();
    void say_goodbye(std::string_view text);
    io::Stream& stream();
    Door door() const;
    ipc::AuthRequest request() const;

    base::UniqueFd socket_;
    ipc::Client client_;
    const Common* common_;
    logging::Log log_;
    base::SystemClock clock_;
    io::Wait wait_;
    io::Deadline deadline_;
    io::FdStream plain_;
    std::unique_ptr<tls::Channel> tls_;
    io::Input input_;
    io::Output output_;
    AttemptLink attempts_;
    Commands commands_;
    std::size_t taken_ = 0; ///< of the input, by the last `more`
};

Connection::Connection(base::UniqueFd socket, const ipc::Client& client,
                       const Common& common)
    : socket_(std::move(socket)), client_(client), common_(&common),
      log_(logging::Log().with(
          {{"ip", client.peer}, {"id", ipc::connection_id(client.connection)}})),
      wait_(clock_), deadline_(io::Deadline::after_ms(
                         clock_, common.settings->limits.login_time * 1000)),
      plain_(socket_.get(), socket_.get()), input_(plain_), output_(plain_, wait_),
      attempts_(*common.requests, wait_, socket_.get()),
      commands_(*this, *this, attempts_, door(), request(), log_)
{
    wait_.let_signals_through(common.while_waiting);
    attempts_.set_deadline(deadline_);
    output_.set_bounds(deadline_, *common.stop);
}

Door Connection::door() const
{
    Door door;
    door.tls = common_->tls == nullptr ? Door::Tls::Unavailable : Door::Tls::Startable;
    door.client = client_.loopback ? Door::Place::Here : Door::Place::Elsewhere;
    door.cleartext = common_->settings->login.cleartext;
    door.mechanisms = common_->settings->auth.mechanisms;
#if defined(AVOCET_INTRUDER)
    door.mechanisms.emplace_back("XINTRUDE"); // see sandbox/intruder.h
#endif
    door.literals = common_->settings->imapd.literals;
    door.disabled = common_->settings->imapd.capability_disable;
    door.hostname = common_->settings->imapd.hostname;
    return door;
}

ipc::AuthRequest Connection::request() const
{
    ipc::AuthRequest request;
    request.connection = client_.connection;
    request.peer = client_.peer;
    return request;
}

/// What was written goes out before we wait for an answer to it.
std::string_view Connection::more()
{
    input_.consume(taken_);
    taken_ = 0;
    output_.flush();
    while (input_.buffered().empty()) {
        if (*common_->stop != 0)
            throw io::Disconnected{io::Disconnected::Reason::Stopped};
        switch (input_.fill(wait_, deadline_)) {
        case io::Input::Fill::End:
            throw io::Disconnected{io::Disconnected::Reason::Closed};
        case io::Input::Fill::Timeout:
            throw io::Disconnected{io::Disconnected::Reason::TimedOut};
        case io::Input::Fill::Data:
        case io::Input::Fill::Interrupted:
        case io::Input::Fill::Full:
            break;
        }
    }
    // A client that never stops sending is never waited for.
    if (deadline_.has_passed(clock_))
        throw io::Disconnected{io::Disconnected::Reason::TimedOut};
    taken_ = input_.buffered().size();
    return input_.buffered();
}

void Connection::go_ahead()
{
    output_.write("+ OK\r\n");
    output_.flush();
}

void Connection::run()
{
    using Reason = io::Disconnected::Reason;
    try {
        if (client_.tls == ipc::Client::Tls::Implicit)
            shake_hands();
        commands_.greet();
        talk();
    } catch (const io::Disconnected& gone) {
        if (gone.reason == Reason::TimedOut) {
            log_.info("login-timeout");
            say_goodbye("Too slow to log in");
        } else if (gone.reason == Reason::Stopped) {
            say_goodbye("[UNAVAILABLE] The server stops or is busy: try again later");
        } else if (socket_) { // else it is closed and logged
            log_.info("disconnected", {{"before", "login"}});
        }
    }
}

void Connection::talk()
{
    for (;;) {
        const Commands::End end = commands_.run();
        switch (end) {
        case Commands::End::StartTls:
            output_.flush();
            input_.consume(input_.buffered().size());
            taken_ = 0;
            shake_hands();
            continue;
        case Commands::End::Accepted:
            hand_over();
            return;
        case Commands::End::NotSpoken:
            log_.info("not-imap");
            break;
        case Commands::End::TooMuch:
            log_.info("too-many-attempts");
            break;
        case Commands::End::Logout:
            log_.info("logout", {{"before", "login"}});
            break;
        }
        say_goodbye({});
        return;
    }
}

void Connection::shake_hands()
{
    if (common_->tls == nullptr)
        throw io::Disconnected{io::Disconnected::Reason::Failed};
    tls_ = std::make_unique<tls::Channel>(*common_->tls, socket_.get());
    auto done = tls_->handshake(wait_, deadline_);
    while (!done && done.error().code == base::Errc::Busy && *common_->stop == 0)
        done = tls_->handshake(wait_, deadline_);
    if (!done) {
        // Nothing can be said to this client: it expects TLS, and there is none.
        log_.info("tls-failed", {{"reason", done.error().text}});
        tls_.reset();
        socket_.reset();
        throw io::Disconnected{io::Disconnected::Reason::Failed};
    }
    input_.set_stream(*tls_);
    output_.set_stream(*tls_);
    attempts_.tls_runs();
    std::vector<ipc::ChannelBinding> bindings;
    for (tls::Channel::Binding& binding : tls_->bindings())
        bindings.push_back({std::move(binding.name), std::move(binding.data)});
    const auto certificate = tls_->peer_certificate();
    const bool by_email =
        common_->settings->auth.certificate_user == config::CertificateUser::Email;
    commands_.tls_runs(tls_->version_and_cipher(), std::move(bindings),
                       by_email ? certificate.emails : certificate.common_names);
}

void Connection::hand_over()
{
    std::string received = commands_.take_input();
    input_.consume(taken_);
    taken_ = 0;
    received += input_.buffered();
    output_.flush();
    base::UniqueFd session = attempts_.hand_over(received);
    if (!session)
        return; // the session has the socket itself
    input_.consume(input_.buffered().size());
    input_.release();
    output_.release();
    relay(*tls_, std::move(session), wait_);
}

io::Stream& Connection::stream()
{
    return tls_ ? static_cast<io::Stream&>(*tls_) : plain_;
}

void Connection::say_goodbye(std::string_view text)
{
    if (!socket_)
        return;
    try {
        if (!text.empty())
            commands_.bye(text);
        const auto deadline = io::Deadline::after_ms(clock_, farewell_ms);
        while (!output_.try_flush() && !deadline.has_passed(clock_))
            static_cast<void>(
                wait_.for_one(stream().write_fd(), stream().write_events(), deadline));
        if (tls_)
            static_cast<void>(tls_->shutdown());
    } catch (const io::Disconnected&) {
        // It has gone without waiting for our goodbye.
    }
}

} // namespace

void serve(base::UniqueFd socket, const ipc::Client& client, const Common& common)
{
    net::keep_alive(socket.get());
    net::no_delay(socket.get());
    Connection(std::move(socket), client, common).run();
}

} // namespace login
