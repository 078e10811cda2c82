// SPDX-License-Identifier: ISC
#include "deliver/errand.h"

#include <algorithm>

#include "ipc/channel.h"
#include "ipc/message.h"

namespace deliver {
namespace {

/// Numbers of no other datagram's, so that none is taken for one of these.
constexpr std::uint64_t errand_type = 0x65727264'00000001;
constexpr std::uint64_t replies_type = 0x65727264'00000002;

constexpr std::size_t max_text = ipc::Channel::max_octets;

/// RFC 5321 §4.5.3.1.5, of a reply line.
constexpr std::size_t max_reply = 512 - 2;
/// Of a datagram, what is not the replies' own text: a length each.
constexpr std::size_t number_octets = 8;

bool is_reply(std::string_view text)
{
    return !text.empty() && (text[0] == '2' || text[0] == '4' || text[0] == '5') &&
           std::none_of(text.begin(), text.end(),
                        [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

} // namespace

LmtpReply reply_for(const Outcome& outcome)
{
    if (outcome.status == ExitStatus::Delivered)
        return "250 2.1.5 Delivered";
    std::string text = outcome.line.substr(0, outcome.line.find('\n'));
    if (text.starts_with("4.3.1") || text.starts_with("4.2.2"))
        return "452 " + text;
    if (text.starts_with("5.2.2"))
        return "552 " + text;
    return (text.starts_with('5') ? "550 " : "451 ") + text;
}

std::string Errand::encode() const
{
    const auth::Identity& who = recipient.identity;
    const auth::Quota quota = who.quota.value_or(auth::Quota{});
    ipc::MessageWriter out;
    out.number(errand_type)
        .text(who.user)
        .text(who.home)
        .text(who.mail)
        .number(who.quota ? 1 : 0)
        .number(quota.octets)
        .number(quota.messages)
        .text(recipient.extension)
        .text(fields.return_path.value_or(""))
        .text(fields.delivered_to.value_or(""))
        .text(fields.received);
    return out.take();
}

base::Result<Errand> Errand::decode(std::string_view bytes)
{
    ipc::MessageReader in(bytes);
    in.expect(errand_type);
    Errand errand;
    auth::Identity& who = errand.recipient.identity;
    who.user = in.text(max_text);
    who.home = in.text(max_text);
    who.mail = in.text(max_text);
    const bool has_quota = in.number(1) == 1;
    const std::uint64_t octets = in.number();
    const std::uint64_t messages = in.number();
    if (has_quota)
        who.quota = auth::Quota{octets, messages};
    errand.recipient.extension = in.text(max_text);
    errand.fields.return_path = in.text(max_text);
    errand.fields.delivered_to = in.text(max_text);
    errand.fields.received = in.text(max_text);
    if (auto done = in.end(); !done)
        return done.error();
    return errand;
}

std::string encode_replies(const std::vector<LmtpReply>& replies)
{
    const std::size_t share = (ipc::Channel::max_octets - number_octets) /
                              std::max<std::size_t>(replies.size(), 1);
    const std::size_t most = std::min(max_reply, share - number_octets);
    ipc::MessageWriter out;
    out.number(replies_type);
    for (const LmtpReply& reply : replies)
        out.text(std::string_view(reply).substr(0, most));
    return out.take();
}

std::vector<LmtpReply> decode_replies(std::string_view bytes, std::size_t count)
{
    ipc::MessageReader in(bytes);
    in.expect(replies_type);
    std::vector<LmtpReply> replies;
    for (std::size_t i = 0; i < count; ++i)
        replies.push_back(in.text(max_reply));
    if (!in.end() || !std::all_of(replies.begin(), replies.end(), is_reply))
        return {};
    return replies;
}

} // namespace deliver
