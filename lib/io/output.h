// SPDX-License-Identifier: ISC
#pragma once

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "io/deadline.h"
#include "io/stream.h"
#include "io/wait.h"

namespace io {

/// Bytes to a stream, through one buffer. Nothing is sent before `flush`, or
/// before the buffer holds `high_water` octets.
///
/// A client that has gone may have sent commands that are still to be carried out: so
/// the first write that fails is no error. From then on what is written goes nowhere.
class Output {
public:
    static constexpr std::size_t high_water = 65536;
    /// A client that takes nothing for so long is gone. Milliseconds.
    static constexpr std::int64_t patience_ms = 300'000;

    Output(Stream& stream, Wait& wait) : stream_(&stream), wait_(&wait) {}

    /// Throws Disconnected: TimedOut, or Unheard when the buffer is full and there is
    /// nobody to take it, so that no time is spent on a long answer.
    void write(std::string_view bytes)
    {
        buffer_.append(bytes);
        written_ += bytes.size();
        if (buffer_.size() >= high_water)
            make_room();
    }
    /// Sends all that is buffered. Throws Disconnected: TimedOut.
    void flush();
    /// Sends what the client takes at once; true if nothing is left.
    bool try_flush();
    /// Gives the buffer's memory back, if it is empty, and the stream's.
    void release();
    /// Forgets what was not sent yet: before a BYE that cuts a response short.
    void discard() { buffer_.clear(); }

    bool empty() const { return buffer_.empty(); }
    /// False once the client has been found gone.
    bool is_heard() const { return is_heard_; }
    /// Octets written since the start, sent or not.
    std::uint64_t written() const { return written_; }
    void set_stream(Stream& stream) { stream_ = &stream; }
    /// From now on nobody is waited for longer than to `deadline`, or when `stop` is
    /// set, which a signal does that `wait` lets through: flush and write throw
    /// Disconnected, TimedOut or Stopped.
    void set_bounds(Deadline deadline, const volatile std::sig_atomic_t& stop)
    {
        deadline_ = deadline;
        stop_ = &stop;
    }

private:
    void make_room();

    Stream* stream_;
    Wait* wait_;
    std::string buffer_;
    Deadline deadline_ = Deadline::never();
    const volatile std::sig_atomic_t* stop_ = nullptr;
    std::uint64_t written_ = 0;
    bool is_heard_ = true;
};

} // namespace io
