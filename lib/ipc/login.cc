// SPDX-License-Identifier: ISC
#include "ipc/login.h"

#include <limits>

#include "ipc/message.h"
#include "ipc/message_type.h"

namespace ipc {

using base::Result;

namespace {

constexpr std::size_t max_peer = 256;
constexpr std::uint64_t max_delay_ms = 86'400'000;

} // namespace

std::string LoginSettings::encode() const
{
    MessageWriter out = begin(MessageType::LoginSettings);
    out.number(uid).number(gid).text(settings);
    out.text(certificate).text(private_key).text(client_ca);
    out.number(names.size());
    for (const Named& named : names)
        out.text(named.name).text(named.certificate).text(named.private_key);
    return out.take();
}

Result<LoginSettings> LoginSettings::decode(std::string_view bytes)
{
    MessageReader in(bytes);
    LoginSettings login;
    expect(in, MessageType::LoginSettings);
    login.uid = static_cast<uid_t>(in.number(std::numeric_limits<uid_t>::max()));
    login.gid = static_cast<gid_t>(in.number(std::numeric_limits<gid_t>::max()));
    login.settings = in.text(max_octets);
    login.certificate = in.text(max_octets);
    login.private_key = in.text(max_octets);
    login.client_ca = in.text(max_octets);
    login.names.resize(in.number(max_names));
    for (Named& named : login.names) {
        named.name = in.text(max_octets);
        named.certificate = in.text(max_octets);
        named.private_key = in.text(max_octets);
    }
    if (auto end = in.end(); !end)
        return end.error();
    return login;
}

std::string Client::encode() const
{
    MessageWriter out = begin(MessageType::Client);
    out.number(connection).number(static_cast<std::uint64_t>(tls));
    out.number(static_cast<std::uint64_t>(speaks));
    out.number(loopback ? 1 : 0).text(peer);
    return out.take();
}

Result<Client> Client::decode(std::string_view bytes)
{
    MessageReader in(bytes);
    Client client;
    expect(in, MessageType::Client);
    client.connection = in.number();
    client.tls = enumerator(in, Tls::Startable);
    client.speaks = enumerator(in, Speaks::Sasl);
    client.loopback = in.number(1) == 1;
    client.peer = in.text(max_peer);
    if (auto end = in.end(); !end)
        return end.error();
    return client;
}

std::string LoginNotice::encode() const
{
    MessageWriter out = begin(MessageType::LoginNotice);
    out.number(static_cast<std::uint64_t>(kind)).number(connection);
    return out.take();
}

Result<LoginNotice> LoginNotice::decode(std::string_view bytes)
{
    MessageReader in(bytes);
    LoginNotice notice;
    expect(in, MessageType::LoginNotice);
    notice.kind = enumerator(in, Kind::Crashed);
    notice.connection = in.number();
    if (auto end = in.end(); !end)
        return end.error();
    return notice;
}

std::string Dismissal::encode() const
{
    MessageWriter out = begin(MessageType::Dismissal);
    out.number(connection);
    return out.take();
}

Result<Dismissal> Dismissal::decode(std::string_view bytes)
{
    MessageReader in(bytes);
    Dismissal dismissal;
    expect(in, MessageType::Dismissal);
    dismissal.connection = in.number();
    if (auto end = in.end(); !end)
        return end.error();
    return dismissal;
}

std::string AttemptNotice::encode() const
{
    MessageWriter out = begin(MessageType::AttemptNotice);
    out.number(static_cast<std::uint64_t>(kind));
    out.number(static_cast<std::uint64_t>(pid)).number(connection);
    out.text(user).text(peer).text(fingerprint);
    return out.take();
}

Result<AttemptNotice> AttemptNotice::decode(std::string_view bytes)
{
    MessageReader in(bytes);
    AttemptNotice notice;
    expect(in, MessageType::AttemptNotice);
    notice.kind = enumerator(in, Kind::Failed);
    notice.pid = static_cast<pid_t>(in.number(std::numeric_limits<pid_t>::max()));
    notice.connection = in.number();
    notice.user = in.text(max_name);
    notice.peer = in.text(max_peer);
    notice.fingerprint = in.text(max_fingerprint);
    if (auto end = in.end(); !end)
        return end.error();
    return notice;
}

std::string Verdict::encode() const
{
    MessageWriter out = begin(MessageType::Verdict);
    out.number(may_enter ? 1 : 0).number(static_cast<std::uint64_t>(delay_ms));
    return out.take();
}

Result<Verdict> Verdict::decode(std::string_view bytes)
{
    MessageReader in(bytes);
    Verdict verdict;
    expect(in, MessageType::Verdict);
    verdict.may_enter = in.number(1) == 1;
    verdict.delay_ms = static_cast<std::int64_t>(in.number(max_delay_ms));
    if (auto end = in.end(); !end)
        return end.error();
    return verdict;
}

} // namespace ipc
