// SPDX-License-Identifier: ISC
#include "login/attempt_link.h"

#include <sys/socket.h>

namespace login {
namespace {

ipc::AuthReply no_attempt()
{
    ipc::AuthReply reply;
    reply.kind = ipc::AuthReply::Kind::Refused;
    reply.refusal = ipc::Refusal::Unavailable;
    return reply;
}

} // namespace

ipc::AuthReply AttemptLink::begin(const ipc::AuthRequest& request)
{
    cancel();
    auto channels = ipc::Channel::pair();
    if (!channels)
        return no_attempt();
    base::UniqueFd sessions_end;
    if (tls_) {
        int ends[2] = {-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            return no_attempt();
        session_.reset(ends[0]);
        sessions_end.reset(ends[1]);
    }
    const int fds[] = {tls_ ? sessions_end.get() : client_, channels->second.fd()};
    if (!requests_->send(request.encode(), fds, *wait_, deadline_))
        return no_attempt();
    attempt_ = std::move(channels->first);
    channels->second.close(); // else the end of the attempt would not be seen
    return reply();
}

ipc::AuthReply AttemptLink::answer(std::string_view response)
{
    const ipc::AuthAnswer answer = {ipc::AuthAnswer::Kind::Response,
                                    std::string(response)};
    if (!attempt_.send(answer.encode(), {}, *wait_, deadline_))
        return no_attempt();
    return reply();
}

void AttemptLink::cancel()
{
    attempt_.close();
    session_.reset();
}

ipc::AuthReply AttemptLink::reply()
{
    const auto datagram = attempt_.receive(*wait_, deadline_);
    const auto reply = datagram ? ipc::AuthReply::decode(datagram->bytes)
                                : base::Result<ipc::AuthReply>(datagram.error());
    if (!reply) {
        cancel();
        return no_attempt();
    }
    if (reply->kind == ipc::AuthReply::Kind::Refused)
        cancel();
    return *reply;
}

base::UniqueFd AttemptLink::hand_over(std::string_view received)
{
    const ipc::AuthAnswer answer = {ipc::AuthAnswer::Kind::Handover,
                                    std::string(received)};
    static_cast<void>(attempt_.send(answer.encode(), {}, *wait_, deadline_));
    attempt_.close();
    return std::move(session_);
}

} // namespace login
