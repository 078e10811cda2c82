// SPDX-License-Identifier: ISC
#include "authenticate/attempt.h"

#include <cstring>
#include <type_traits>
#include <utility>
#include <variant>

#include <unistd.h>

#include "auth/authenticator.h"
#include "auth/mechanism.h"
#include "authenticate/become.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/sha256.h"
#include "io/wait.h"
#include "ipc/login.h"
#include "sandbox/drop.h"
#include "sandbox/limits.h"

#if defined(AVOCET_INTRUDER)
#include "sandbox/intruder.h"
#endif

namespace authenticate {

using base::Errc;
using base::Error;
using base::Result;
using ipc::AuthReply;
using ipc::Refusal;

namespace {

/// How long a login process may take to hand the client over.
constexpr std::int64_t handover_ms = 10'000;

Refusal refusal_for(const Error& error, const ipc::AuthRequest& request)
{
    if (error.code == Errc::Refused)
        return Refusal::Failed;
    if (error.code != Errc::Syntax)
        return Refusal::Unavailable;
    // LOGIN is a command and its syntax was right: what PLAIN does not allow, an empty
    // name, is just a wrong one.
    return request.method == "LOGIN" ? Refusal::Failed : Refusal::Malformed;
}

class Attempt {
public:
    explicit Attempt(const Surroundings& around)
        : around_(&around), wait_(clock_),
          deadline_(io::Deadline::after_ms(clock_, attempt_ms))
    {
        said_.feed(*around.fingerprint_key);
    }

    int run(const std::function<int(const Success&)>& session);

private:
    base::Status shut_in() const;
    bool take_request();
    base::Status accept_datagram(ipc::Datagram datagram);
    ipc::AttemptNotice notice(ipc::AttemptNotice::Kind kind,
                              const std::string& user = {}) const;
    ipc::Verdict ask(const ipc::AttemptNotice& notice);
    void keep_in_mind(std::string_view response);
    std::string fingerprint();
    void forget();

    auth::Circumstances circumstances() const;
    Result<auth::Identity> verify();
    Result<std::string> challenge(const std::string& bytes);
    Result<ipc::AuthAnswer> answer(io::Deadline deadline);
    void refuse(Refusal refusal, const Error& why, std::int64_t delay_ms);
    void fail(const Error& why);
    void tell_who(const auth::Identity& identity);
    bool let_in(const auth::Identity& identity);
    Result<std::string> handover();
    bool reply(const AuthReply& reply);

    const Surroundings* around_;
    base::SystemClock clock_;
    io::Wait wait_;
    io::Deadline deadline_;
    logging::Log log_;
    ipc::AuthRequest request_;
    base::UniqueFd stream_;
    ipc::Channel login_;
    std::string claimed_;       ///< whom the client says it is
    std::int64_t heard_us_ = 0; ///< when the client has last said something
    base::Sha256 said_;
};

int Attempt::run(const std::function<int(const Success&)>& session)
{
    static_cast<void>(sandbox::limit_core());
    if (const auto done = shut_in(); !done) {
        log_.error("cannot-confine", {{"reason", done.error().text}});
        return 70; // EX_SOFTWARE: the client hears that from its login process
    }
    if (!take_request())
        return 0;
    const auto identity = verify();
    if (!identity) {
        if (identity.error().code != Errc::Gone)
            fail(identity.error());
        return 0;
    }
    if (request_.purpose == ipc::AuthRequest::Purpose::Answer) {
        tell_who(*identity);
        return 0;
    }
    if (!let_in(*identity))
        return 0;
    auto received = handover();
    if (!received)
        return 0;
    login_.close();
    base::wipe_stack(); // on which the passwd-file was looked through
    return session({*identity, std::move(request_), std::move(*received),
                    std::move(stream_), log_.with({{"user", identity->user}})});
}

/// Before anything of the client's is read.
base::Status Attempt::shut_in() const
{
    if (around_->filter == nullptr)
        return base::Done{};
    if (auto done = sandbox::no_new_privileges(); !done)
        return done;
    return around_->filter->apply();
}

// The request.

bool Attempt::take_request()
{
    auto datagram = around_->requests->receive();
    static_cast<void>(around_->notices->send(
        notice(ipc::AttemptNotice::Kind::Taken).encode(), {}, wait_, deadline_));
    if (!datagram && datagram.error().code == Errc::Busy)
        return false; // there is none
    const auto done = datagram ? accept_datagram(std::move(*datagram))
                               : base::Status(datagram.error());
    if (!done)
        log_.error("bad-request", {{"reason", done.error().text}});
    return done.has_value();
}

base::Status Attempt::accept_datagram(ipc::Datagram datagram)
{
    if (!datagram.sender ||
        (around_->login_uid && datagram.sender->uid != *around_->login_uid))
        return Error{Errc::NoPermission, "it is not a login process that asks"};
    if (datagram.fds.size() != 2)
        return Error{Errc::Syntax, "a request without its two descriptors"};
    auto request = ipc::AuthRequest::decode(datagram.bytes);
    ::explicit_bzero(datagram.bytes.data(), datagram.bytes.size());
    if (!request)
        return request.error();
    request_ = std::move(*request);
    stream_ = std::move(datagram.fds[0]);
    login_ = ipc::Channel(std::move(datagram.fds[1]));
    log_ = logging::Log().with(
        {{"ip", request_.peer}, {"id", ipc::connection_id(request_.connection)}});
    return base::Done{};
}

// The supervisor.

ipc::AttemptNotice Attempt::notice(ipc::AttemptNotice::Kind kind,
                                   const std::string& user) const
{
    ipc::AttemptNotice notice;
    notice.kind = kind;
    notice.pid = ::getpid();
    notice.connection = request_.connection;
    notice.user = user.substr(0, ipc::AttemptNotice::max_name);
    notice.peer = request_.peer;
    return notice;
}

/// Its answer goes to a socket that is sent along, so that it holds none for us. No
/// answer is a no, and a delay of the usual length.
ipc::Verdict Attempt::ask(const ipc::AttemptNotice& notice)
{
    const ipc::Verdict none = {false, around_->settings->limits.failure_delay *
                                          std::int64_t{1000}};
    auto channels = ipc::Channel::pair();
    if (!channels)
        return none;
    const int fds[] = {channels->second.fd()};
    if (!around_->notices->send(notice.encode(), fds, wait_, deadline_))
        return none;
    channels->second.close();
    const auto datagram = channels->first.receive(wait_, deadline_);
    const auto verdict = datagram ? ipc::Verdict::decode(datagram->bytes)
                                  : Result<ipc::Verdict>(datagram.error());
    return verdict ? *verdict : none;
}

/// All that the client has said, kept as a digest: a fingerprint is of that, and the
/// password is gone from memory.
void Attempt::keep_in_mind(std::string_view response)
{
    said_.feed(std::to_string(response.size()) + ':');
    said_.feed(response);
}

std::string Attempt::fingerprint()
{
    constexpr std::size_t octets = 8; // a wrong guess in 2^64 costs nobody anything
    const auto digest = said_.finish();
    return {reinterpret_cast<const char*>(digest.data()), octets};
}

/// What no session is to know: the key, and what was said, of which the digest has the
/// last octets yet.
void Attempt::forget()
{
    static_assert(std::is_trivially_copyable_v<base::Sha256>);
    ::explicit_bzero(&said_, sizeof said_);
    std::string& key = *around_->fingerprint_key;
    ::explicit_bzero(key.data(), key.size());
}

// The exchange.

auth::Circumstances Attempt::circumstances() const
{
    auth::Circumstances found;
    found.address = request_.peer;
    found.protocol = request_.protocol;
    for (const ipc::ChannelBinding& binding : request_.bindings)
        found.bindings.push_back({binding.name, binding.data});
    found.certificate_names = request_.certificate_names;
    return found;
}

Result<auth::Identity> Attempt::verify()
{
#if defined(AVOCET_INTRUDER)
    if (request_.mechanism == "XINTRUDE") {
        auto order = challenge({});
        while (order)
            order = challenge(sandbox::intrude(*order));
        return order.error();
    }
#endif
    const auto mechanism = auth::mechanism_named(request_.mechanism);
    if (!mechanism || !auth::is_enabled(*mechanism, *around_->settings))
        return Error{Errc::Unsupported, "no mechanism " + request_.mechanism};
    const auth::Authenticator authenticator(*around_->settings, circumstances(),
                                            around_->hashing);
    base::SystemRandom random;
    const auto exchange = auth::begin_exchange(*mechanism, authenticator, random);

    auto response = request_.initial ? Result<std::string>(std::move(*request_.initial))
                                     : challenge(exchange->first_challenge().bytes);
    request_.initial.reset();
    for (;;) {
        if (!response)
            return response.error();
        heard_us_ = clock_.steady_us();
        keep_in_mind(*response);
        auto step = exchange->step(*response);
        ::explicit_bzero(response->data(), response->size());
        claimed_ = exchange->user();
        if (auto* const error = std::get_if<Error>(&step))
            return *error;
        if (auto* const identity = std::get_if<auth::Identity>(&step))
            return std::move(*identity);
        response = challenge(std::get<auth::Challenge>(step).bytes);
    }
}

/// The client's response to a challenge. Error: Gone if it does not want to go on.
Result<std::string> Attempt::challenge(const std::string& bytes)
{
    AuthReply challenge;
    challenge.kind = AuthReply::Kind::Challenge;
    challenge.challenge = bytes;
    if (!reply(challenge))
        return Error{Errc::Gone, "the client has gone"};
    auto said = answer(deadline_);
    if (!said || said->kind != ipc::AuthAnswer::Kind::Response)
        return Error{Errc::Gone, "the client does not go on"};
    return std::move(said->bytes);
}

Result<ipc::AuthAnswer> Attempt::answer(io::Deadline deadline)
{
    auto datagram = login_.receive(wait_, deadline);
    if (!datagram)
        return datagram.error();
    auto answer = ipc::AuthAnswer::decode(datagram->bytes);
    ::explicit_bzero(datagram->bytes.data(), datagram->bytes.size());
    return answer;
}

bool Attempt::reply(const AuthReply& reply)
{
    return login_.send(reply.encode(), {}, wait_, deadline_).has_value();
}

/// How long it takes is the supervisor's to say if the client is to blame.
void Attempt::fail(const Error& why)
{
    const Refusal refusal = refusal_for(why, request_);
    std::int64_t delay_ms = 0;
    if (refusal == Refusal::Failed) {
        auto failed = notice(ipc::AttemptNotice::Kind::Failed);
        failed.fingerprint = fingerprint();
        delay_ms = ask(failed).delay_ms;
    } else if (refusal != Refusal::Malformed) {
        delay_ms = around_->settings->limits.failure_delay * 1000;
    }
    refuse(refusal, why, delay_ms);
}

/// One process does nothing but wait meanwhile, and holds nobody up. The delay begins
/// with the client's last word: what it took to find out that it is wrong, which may
/// depend on whether there is such a user, and on his passwords, shows in nothing.
void Attempt::refuse(Refusal refusal, const Error& why, std::int64_t delay_ms)
{
    log_.info("login-failed", {{"user", claimed_},
                               {"method", request_.method},
                               {"reason", base::name_of(why.code)},
                               {"text", why.text},
                               {"delay", delay_ms / 1000}});
    if (delay_ms > 0) {
        // Nothing is expected but the end: a client that goes ends the wait.
        const auto delay = io::Deadline::at(heard_us_ + delay_ms * 1000);
        if (login_.receive(wait_, delay).has_value())
            return;
    }
    AuthReply refused;
    refused.kind = AuthReply::Kind::Refused;
    refused.refusal = refusal;
    static_cast<void>(reply(refused));
}

/// For another server, which lets him in itself.
void Attempt::tell_who(const auth::Identity& identity)
{
    AuthReply accepted;
    accepted.kind = AuthReply::Kind::Accepted;
    accepted.user = identity.user;
    if (!identity.label.empty())
        log_ = log_.with({{"label", identity.label}});
    if (reply(accepted))
        log_.info("authenticated", {{"user", identity.user},
                                    {"method", request_.method},
                                    {"service", request_.protocol}});
}

/// Takes on the user's rights, and tells everybody.
bool Attempt::let_in(const auth::Identity& identity)
{
    // The supervisor first: the login process may end as soon as it is told.
    const auto verdict = ask(notice(ipc::AttemptNotice::Kind::Entering, identity.user));
    forget();
    if (!verdict.may_enter) {
        refuse(Refusal::Limit, {Errc::Limit, "connections-per-user"}, verdict.delay_ms);
        return false;
    }
    if (const auto done = become(identity); !done) {
        refuse(Refusal::Unavailable, done.error(), 0);
        return false;
    }
    AuthReply accepted;
    accepted.kind = AuthReply::Kind::Accepted;
    if (!reply(accepted))
        return false;
    if (!identity.label.empty())
        log_ = log_.with({{"label", identity.label}});
    log_.info("login", {{"user", identity.user},
                        {"method", request_.method},
                        {"tls", request_.tls.empty() ? "no" : request_.tls}});
    return true;
}

/// What the client has sent already. Error: whatever keeps us from knowing it.
Result<std::string> Attempt::handover()
{
    auto said = answer(io::Deadline::after_ms(clock_, handover_ms));
    if (!said)
        return said.error();
    if (said->kind != ipc::AuthAnswer::Kind::Handover)
        return Error{Errc::Syntax, "no handover"};
    return std::move(said->bytes);
}

} // namespace

int attempt(const Surroundings& surroundings,
            const std::function<int(const Success&)>& session)
{
    return Attempt(surroundings).run(session);
}

} // namespace authenticate
