// SPDX-License-Identifier: ISC
/// \file
/// The session's end of the client's connection, as the grammar sees it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "imap/command_reader.h"
#include "imap/writer.h"
#include "io/disconnected.h"
#include "io/output.h"
#include "io/stream.h"
#include "io/wait.h"

namespace imapd {

/// Whether this process was told to stop; whether it was told to make room when it has
/// nothing to do but wait for news. The two flags that signal handlers set.
bool stop_requested();
bool room_requested();
/// Makes SIGTERM and SIGINT set the first flag and SIGUSR1 the second, lets them
/// through while `wait` waits and nowhere else, and ignores SIGPIPE and SIGHUP.
void hear_signals(io::Wait& wait);

/// Octets from the client, for `imap::CommandReader`.
class ClientSource final : public imap::ByteSource {
public:
    /// A client that is silent for so long is idle. Most are, most of the time.
    static constexpr std::int64_t rest_ms = 1000;

    /// A client that says nothing for `patience_ms` is gone. `rest` is called when it
    /// has been silent for `rest_ms`.
    ClientSource(io::Stream& stream, io::Wait& wait, io::Output& output,
                 std::int64_t patience_ms, std::function<void()> rest)
        : stream_(&stream), wait_(&wait), output_(&output), patience_ms_(patience_ms),
          rest_(std::move(rest))
    {
    }

    /// Throws Disconnected: Closed, TimedOut, or Stopped when we were told to stop.
    std::string_view more() override;
    void go_ahead() override;

    /// Reads what is there, without waiting; whether `more` would give something at
    /// once. Throws Disconnected when the client has closed.
    bool poll();
    /// Whether octets have come that poll(2) on the descriptor does not tell of.
    bool has_buffered() const { return held_ > 0 || stream_->has_buffered(); }

    /// Goes on with another stream. What has come over the old one and was not given
    /// is the caller's.
    std::string change_stream(io::Stream& stream);

    std::uint64_t octets() const { return octets_; }

private:
    io::Stream* stream_;
    io::Wait* wait_;
    io::Output* output_;
    std::int64_t patience_ms_;
    std::function<void()> rest_;
    std::uint64_t octets_ = 0;
    std::size_t held_ = 0; ///< read by `poll`, not given yet
    std::array<char, 8192> buffer_;
};

/// Octets to the client, for `imap::Writer`.
class ClientSink final : public imap::ByteSink {
public:
    explicit ClientSink(io::Output& output) : output_(&output) {}
    void write(std::string_view octets) override { output_->write(octets); }

private:
    io::Output* output_;
};

} // namespace imapd
