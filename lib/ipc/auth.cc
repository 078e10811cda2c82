// SPDX-License-Identifier: ISC
#include "ipc/auth.h"

#include <charconv>

#include "ipc/message.h"
#include "ipc/message_type.h"

namespace ipc {

using base::Result;

std::string connection_id(std::uint64_t connection)
{
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, connection, 16).ptr;
    return {digits, end};
}

std::string AuthRequest::encode() const
{
    MessageWriter out = begin(MessageType::AuthRequest);
    out.number(connection).number(static_cast<std::uint64_t>(purpose));
    out.text(protocol).text(mechanism).text(method);
    out.number(initial ? 1 : 0).text(initial.value_or(std::string()));
    out.text(tag).text(peer).text(tls);
    out.number(bindings.size());
    for (const ChannelBinding& binding : bindings)
        out.text(binding.name).text(binding.data);
    out.number(certificate_names.size());
    for (const std::string& name : certificate_names)
        out.text(name);
    return out.take();
}

Result<AuthRequest> AuthRequest::decode(std::string_view bytes)
{
    MessageReader in(bytes);
    AuthRequest request;
    expect(in, MessageType::AuthRequest);
    request.connection = in.number();
    request.purpose = enumerator(in, Purpose::Answer);
    request.protocol = in.text(max_name);
    request.mechanism = in.text(max_name);
    request.method = in.text(max_name);
    const bool has_initial = in.number(1) == 1;
    auto initial = in.text(max_response);
    if (has_initial)
        request.initial = std::move(initial);
    request.tag = in.text(max_tag);
    request.peer = in.text(max_text);
    request.tls = in.text(max_text);
    request.bindings.resize(in.number(max_bindings));
    for (ChannelBinding& binding : request.bindings) {
        binding.name = in.text(ChannelBinding::max_octets);
        binding.data = in.text(ChannelBinding::max_octets);
    }
    request.certificate_names.resize(in.number(max_certificate_names));
    for (std::string& name : request.certificate_names)
        name = in.text(max_text);
    if (auto end = in.end(); !end)
        return end.error();
    return request;
}

std::string AuthReply::encode() const
{
    MessageWriter out = begin(MessageType::AuthReply);
    out.number(static_cast<std::uint64_t>(kind));
    out.number(static_cast<std::uint64_t>(refusal)).text(challenge).text(user);
    return out.take();
}

Result<AuthReply> AuthReply::decode(std::string_view bytes)
{
    MessageReader in(bytes);
    AuthReply reply;
    expect(in, MessageType::AuthReply);
    reply.kind = enumerator(in, Kind::Accepted);
    reply.refusal = enumerator(in, Refusal::Malformed);
    reply.challenge = in.text(AuthRequest::max_response);
    reply.user = in.text(AuthRequest::max_text);
    if (auto end = in.end(); !end)
        return end.error();
    return reply;
}

std::string AuthAnswer::encode() const
{
    MessageWriter out = begin(MessageType::AuthAnswer);
    out.number(static_cast<std::uint64_t>(kind)).text(bytes);
    return out.take();
}

Result<AuthAnswer> AuthAnswer::decode(std::string_view bytes)
{
    MessageReader in(bytes);
    AuthAnswer answer;
    expect(in, MessageType::AuthAnswer);
    answer.kind = enumerator(in, Kind::Handover);
    answer.bytes = in.text(max_received);
    if (auto end = in.end(); !end)
        return end.error();
    return answer;
}

} // namespace ipc
