// SPDX-License-Identifier: ISC
#include "deliver/lmtp_wall.h"

#include <utility>

#include <fcntl.h>

#include "config/login_account.h"
#include "deliver/confine.h"
#include "io/disconnected.h"
#include "ipc/message.h"
#include "log/log.h"
#include "sandbox/drop.h"
#include "sandbox/limits.h"

namespace deliver {
namespace {

using base::Errc;
using base::Error;

/// A number of no other datagram's, so that none is taken for one of these.
constexpr std::uint64_t request_type = 0x6c6d7470'00000001;

/// What a clerk takes up, beside what it had when it was forked: two buffers of 64 KiB
/// and a message of 256 KiB are the most of it.
constexpr rlim_t clerk_files = 64;

io::Disconnected gone()
{
    return {io::Disconnected::Reason::Failed};
}

} // namespace

std::string LmtpRequest::encode() const
{
    ipc::MessageWriter out;
    out.number(request_type)
        .number(static_cast<std::uint64_t>(kind))
        .text(text)
        .text(client)
        .number(static_cast<std::uint64_t>(protocol));
    return out.take();
}

base::Result<LmtpRequest> LmtpRequest::decode(std::string_view bytes)
{
    ipc::MessageReader in(bytes);
    in.expect(request_type);
    LmtpRequest request;
    request.kind =
        static_cast<Kind>(in.number(static_cast<std::uint64_t>(Kind::Deliver)));
    request.text = in.text(max_text);
    request.client = in.text(max_text);
    request.protocol = static_cast<Origin::Protocol>(
        in.number(static_cast<std::uint64_t>(Origin::Protocol::Utf8Lmtp)));
    if (auto done = in.end(); !done)
        return done.error();
    return request;
}

void FarMailroom::send(const LmtpRequest& request, std::span<const int> fds)
{
    if (!mailroom_.send(request.encode(), fds, *wait_, io::Deadline::never()))
        throw gone();
}

ipc::Datagram FarMailroom::receive()
{
    for (;;) {
        auto datagram = mailroom_.receive(*wait_, io::Deadline::never());
        if (datagram)
            return std::move(*datagram);
        if (datagram.error().code != Errc::Busy) // a signal
            throw gone();
    }
}

LmtpReply FarMailroom::add_recipient(const std::string& address)
{
    send({LmtpRequest::Kind::Recipient, address, {}, {}});
    LmtpReply reply = receive().bytes;
    if (is_accepted(reply))
        ++recipients_;
    return reply;
}

void FarMailroom::forget_recipients()
{
    if (std::exchange(recipients_, 0) > 0)
        send({});
}

base::Result<base::UniqueFd> FarMailroom::make_file()
{
    send({LmtpRequest::Kind::MakeFile, {}, {}, {}});
    auto answer = receive();
    if (answer.fds.size() != 1)
        return Error{Errc::Io, answer.bytes};
    return std::move(answer.fds.front());
}

std::vector<LmtpReply> FarMailroom::deliver(const LmtpEnvelope& envelope,
                                            Spool& message)
{
    const auto file = message.in_file();
    if (!file)
        return std::vector<LmtpReply>(recipients_, "452 4.3.1 There is no room for it");
    const int fds[] = {*file};
    send({LmtpRequest::Kind::Deliver, envelope.sender, envelope.client,
          envelope.protocol},
         fds);
    std::vector<LmtpReply> replies;
    for (std::size_t left = std::exchange(recipients_, 0); left > 0; --left)
        replies.push_back(receive().bytes);
    return replies;
}

namespace {

/// A message's file for those who may only read it, so that none of them changes what
/// the others get. A small one, in memory, is one that its clerk cannot change either.
base::UniqueFd for_reading(base::UniqueFd file)
{
    constexpr int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (::fcntl(file.get(), F_ADD_SEALS, seals) == 0)
        return file;
    const std::string path = "/proc/self/fd/" + std::to_string(file.get());
    base::UniqueFd same(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    return same ? std::move(same) : std::move(file); // without /proc
}

/// The side of the mailroom. What it is told is a stranger's word.
class Attendance {
public:
    Attendance(ipc::Channel& clerk, LmtpBackend& mailroom)
        : clerk_(&clerk), mailroom_(&mailroom), wait_(clock_)
    {
    }

    /// False at the end, and if the clerk is none.
    bool serve_one()
    {
        auto datagram = clerk_->receive(wait_, io::Deadline::never());
        if (!datagram)
            return datagram.error().code == Errc::Busy || // a signal
                   (datagram.error().code != Errc::Gone && is_none());
        auto request = LmtpRequest::decode(datagram->bytes);
        const bool wants_file = request && request->kind == LmtpRequest::Kind::Deliver;
        if (!request || datagram->fds.size() != (wants_file ? 1 : 0))
            return is_none();
        switch (request->kind) {
        case LmtpRequest::Kind::Recipient:
            return recipients_ < LmtpSession::max_recipients
                       ? add_recipient(request->text)
                       : is_none();
        case LmtpRequest::Kind::MakeFile:
            return !std::exchange(has_file_, true) ? make_file() : is_none();
        case LmtpRequest::Kind::Forget:
            forget();
            return true;
        case LmtpRequest::Kind::Deliver:
            return deliver(*request, std::move(datagram->fds.front()));
        }
        return false;
    }

private:
    static bool is_none()
    {
        logging::Log().error("bad-message", {{"from", "lmtp"}});
        return false;
    }

    bool send(std::string_view bytes, std::span<const int> fds = {})
    {
        return clerk_->send(bytes, fds, wait_, io::Deadline::never()).has_value();
    }

    bool add_recipient(const std::string& address)
    {
        const LmtpReply reply = mailroom_->add_recipient(address);
        if (is_accepted(reply))
            ++recipients_;
        return send(reply);
    }

    bool make_file()
    {
        const auto file = mailroom_->make_file();
        if (!file)
            return send(file.error().text);
        const int fds[] = {file->get()};
        return send("250", fds);
    }

    bool deliver(const LmtpRequest& request, base::UniqueFd file)
    {
        auto message = Spool::of(for_reading(std::move(file)));
        if (!message)
            return is_none();
        const LmtpEnvelope envelope{request.text, request.client, request.protocol};
        for (const LmtpReply& reply : mailroom_->deliver(envelope, *message))
            if (!send(reply))
                return false;
        forget();
        return true;
    }

    void forget()
    {
        mailroom_->forget_recipients();
        recipients_ = 0;
        has_file_ = false;
    }

    ipc::Channel* clerk_;
    LmtpBackend* mailroom_;
    base::SystemClock clock_;
    io::Wait wait_;
    std::size_t recipients_ = 0;
    bool has_file_ = false; ///< one a message is enough
};

} // namespace

void attend(ipc::Channel clerk, LmtpBackend& mailroom)
{
    Attendance attendance(clerk, mailroom);
    while (attendance.serve_one()) {
    }
}

base::Result<ClerkUser> clerk_user(const config::Settings& settings)
{
    if (!sandbox::is_privileged())
        return ClerkUser{};
    const auto account = config::login_account(settings);
    if (!account)
        return account.error();
    auto root = sandbox::empty_directory();
    if (!root)
        return root.error();
    return ClerkUser{account->uid, account->gid, std::move(*root)};
}

base::Status become_clerk(ClerkUser user)
{
    if (auto done = sandbox::jail_at(user.root); !done)
        return done;
    user.root.reset();
    if (auto done = sandbox::drop_to(user.uid, user.gid); !done)
        return done;
    if (auto done = sandbox::no_new_privileges(); !done)
        return done;
    if (auto done = sandbox::limit_processes(); !done)
        return done;
    if (auto done = sandbox::limit_files(clerk_files); !done)
        return done;
    // Without root's rights and with no file it is still kept from most.
    if (can_confine() && !confine(Confined::Clerk))
        return Error{Errc::Internal, "seccomp", 0};
    return base::Done{};
}

} // namespace deliver
