// SPDX-License-Identifier: ISC
#include "deliver/lmtp_session.h"

#include <algorithm>
#include <utility>

#include "io/deadline.h"
#include "io/disconnected.h"

namespace deliver {

LmtpSession::LmtpSession(io::Stream& stream, io::Wait& wait, LmtpBackend& backend,
                         const LmtpLimits& limits, std::string host)
    : in_(stream), out_(stream, wait), wait_(&wait), backend_(&backend),
      limits_(limits), host_(std::move(host))
{
}

void LmtpSession::reply(std::string_view text)
{
    out_.write(text);
    out_.write("\r\n");
}

void LmtpSession::refuse(std::string_view text)
{
    ++errors_;
    reply(text);
}

/// RFC 2920 §3.2: answers may be kept back while there are commands to read, no longer.
void LmtpSession::fill()
{
    out_.flush();
    const auto deadline = io::Deadline::after_ms(wait_->clock(), patience_ms);
    for (;;) {
        switch (in_.fill(*wait_, deadline)) {
        case io::Input::Fill::Data:
            return;
        case io::Input::Fill::Interrupted:
            continue;
        case io::Input::Fill::Timeout:
            reply("421 4.4.2 " + host_ + " you are too slow");
            out_.flush();
            throw io::Disconnected{io::Disconnected::Reason::Closed};
        case io::Input::Fill::End:
        case io::Input::Fill::Full:
            throw io::Disconnected{io::Disconnected::Reason::Closed};
        }
    }
}

void LmtpSession::run()
{
    reply("220 " + host_ + " LMTP");
    for (;;) {
        const auto buffered = in_.buffered();
        const auto end = buffered.find('\n');
        if (end == buffered.npos && buffered.size() < max_line) {
            fill();
            continue;
        }
        if (end >= max_line) {
            reply("500 5.5.2 The line is too long");
            out_.flush();
            return;
        }
        auto line = std::string(buffered.substr(0, end));
        if (line.ends_with('\r'))
            line.pop_back();
        in_.consume(end + 1);
        if (command(line) == Next::Close || errors_ >= max_errors) {
            if (errors_ >= max_errors)
                reply("421 4.7.0 " + host_ + " too many errors");
            out_.flush();
            return;
        }
    }
}

LmtpSession::Next LmtpSession::command(std::string_view line)
{
    const auto [word, rest] = split_command(line);
    // RFC 3030 §2: once there is a chunk, only more of them, or nothing of it.
    if (spool_ && word != "BDAT" && word != "RSET" && word != "NOOP" &&
        word != "QUIT" && word != "LHLO") {
        refuse("503 5.5.1 In the middle of a message");
    } else if (word == "LHLO") {
        lhlo(rest);
    } else if (word == "MAIL") {
        mail(rest);
    } else if (word == "RCPT") {
        rcpt(rest);
    } else if (word == "DATA") {
        data();
    } else if (word == "BDAT") {
        bdat(rest);
    } else if (word == "RSET") {
        reset();
        reply("250 2.0.0 OK");
    } else if (word == "NOOP") {
        reply("250 2.0.0 OK");
    } else if (word == "VRFY") {
        reply("252 2.5.0 Send mail and see");
    } else if (word == "QUIT") {
        reply("221 2.0.0 " + host_ + " bye");
        return Next::Close;
    } else {
        // RFC 2033 §4.1: HELO and EHLO among them.
        refuse("500 5.5.1 No such command");
    }
    return Next::Command;
}

void LmtpSession::lhlo(std::string_view rest)
{
    if (rest.find_first_not_of(' ') == rest.npos)
        return refuse("501 5.5.4 LHLO needs your name");
    reset();
    greeted_ = true;
    envelope_.client = rest.substr(0, rest.find_last_not_of(' ') + 1);
    reply("250-" + host_);
    for (const char* const extension :
         {"PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", "CHUNKING"})
        reply(std::string("250-") + extension);
    reply("250 SIZE " + std::to_string(limits_.octets));
}

void LmtpSession::mail(std::string_view rest)
{
    if (!greeted_)
        return refuse("503 5.5.1 LHLO first");
    if (has_sender_)
        return refuse("503 5.5.1 There is a sender already");
    auto path = parse_path(rest, "FROM:");
    if (!path)
        return refuse("501 5.5.4 MAIL FROM: " + path.error().text);
    auto protocol = Origin::Protocol::Lmtp;
    for (const auto& [keyword, value] : path->parameters) {
        if (keyword == "SIZE") {
            const auto octets = parse_octets(value);
            if (!octets)
                return refuse("501 5.5.4 SIZE needs a number");
            if (limits_.octets != 0 && *octets > limits_.octets)
                return reply("552 5.3.4 The message is too large");
        } else if (keyword == "BODY") {
            if (value != "7BIT" && value != "8BITMIME")
                return refuse("501 5.5.4 BODY is 7BIT or 8BITMIME");
        } else if (keyword == "SMTPUTF8" && value.empty()) {
            protocol = Origin::Protocol::Utf8Lmtp;
        } else {
            return refuse("555 5.5.4 No such parameter");
        }
    }
    has_sender_ = true;
    envelope_.sender = std::move(path->address);
    envelope_.protocol = protocol;
    reply("250 2.1.0 OK");
}

void LmtpSession::rcpt(std::string_view rest)
{
    if (!has_sender_)
        return refuse("503 5.5.1 MAIL first");
    const auto path = parse_path(rest, "TO:");
    if (!path || path->address.empty())
        return refuse("501 5.5.4 RCPT TO: " +
                      (path ? "an empty address" : path.error().text));
    if (!path->parameters.empty())
        return refuse("555 5.5.4 No such parameter");
    if (recipients_ >= max_recipients)
        return reply("452 4.5.3 Too many recipients");
    const LmtpReply answer = backend_->add_recipient(path->address);
    if (is_accepted(answer))
        ++recipients_;
    reply(answer);
}

void LmtpSession::data()
{
    if (recipients_ == 0)
        return refuse("503 5.5.1 There are no recipients");
    begin_message(LmtpData::Framing::Dots);
    reply("354 End with a dot on a line of its own");
    while (!framing_->has_ended()) {
        if (in_.buffered().empty())
            fill();
        unframed_.clear();
        in_.consume(framing_->feed(in_.buffered(), unframed_));
        store(unframed_);
    }
    finish_message();
}

void LmtpSession::bdat(std::string_view rest)
{
    const auto chunk = parse_chunk(rest);
    if (!chunk) { // what follows may be anything
        refuse("501 5.5.4 BDAT: " + chunk.error().text);
        out_.flush();
        throw io::Disconnected{io::Disconnected::Reason::Failed};
    }
    if (recipients_ == 0) {
        take_chunk(chunk->octets, false);
        return refuse("503 5.5.1 There are no recipients");
    }
    if (!spool_)
        begin_message(LmtpData::Framing::Chunks);
    take_chunk(chunk->octets, true);
    if (!chunk->is_last)
        return reply("250 2.0.0 " + std::to_string(chunk->octets) + " octets");
    unframed_.clear();
    framing_->finish(unframed_);
    store(unframed_);
    finish_message();
}

/// Reads so many octets, and stores them if they are of any use.
void LmtpSession::take_chunk(std::uint64_t octets, bool keep)
{
    while (octets > 0) {
        if (in_.buffered().empty())
            fill();
        const auto buffered = in_.buffered();
        const auto part = buffered.substr(
            0,
            static_cast<std::size_t>(std::min<std::uint64_t>(octets, buffered.size())));
        if (keep) {
            unframed_.clear();
            framing_->feed(part, unframed_);
            store(unframed_);
        }
        octets -= part.size();
        in_.consume(part.size());
    }
}

void LmtpSession::begin_message(LmtpData::Framing framing)
{
    spool_ = std::make_unique<Spool>([this] { return backend_->make_file(); });
    framing_ = std::make_unique<LmtpData>(framing);
}

/// A message that cannot be stored is still read to its end.
void LmtpSession::store(std::string_view octets)
{
    if (!failure_.empty())
        return;
    if (limits_.octets != 0 && spool_->size() + octets.size() > limits_.octets)
        failure_ = "552 5.3.4 The message is too large";
    else if (auto done = spool_->write(octets); !done)
        failure_ = "452 4.3.1 There is no room to receive it";
}

void LmtpSession::finish_message()
{
    if (!failure_.empty()) {
        for (std::size_t i = 0; i < recipients_; ++i)
            reply(failure_);
    } else {
        for (const LmtpReply& each : backend_->deliver(envelope_, *spool_))
            reply(each);
    }
    reset();
}

void LmtpSession::reset()
{
    backend_->forget_recipients();
    has_sender_ = false;
    envelope_.sender.clear();
    recipients_ = 0;
    spool_.reset();
    framing_.reset();
    failure_.clear();
}

} // namespace deliver
