// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "io/stream.h"
#include "io/wait.h"

namespace io {

/// Bytes to a stream, through one buffer. Nothing is sent before `flush`, or
/// before the buffer holds `high_water` octets.
class Output {
public:
    static constexpr std::size_t high_water = 65536;
    /// A client that takes nothing for so long is gone. Milliseconds.
    static constexpr std::int64_t patience_ms = 300'000;

    Output(Stream& stream, Wait& wait) : stream_(&stream), wait_(&wait) {}

    /// Throws Disconnected (when the buffer overflows and the client is gone).
    void write(std::string_view bytes)
    {
        buffer_.append(bytes);
        written_ += bytes.size();
        if (buffer_.size() >= high_water)
            flush();
    }
    /// Sends all that is buffered. Throws Disconnected.
    void flush();
    /// Sends what the client takes at once; true if nothing is left.
    bool try_flush();
    /// Gives the buffer's memory back, if it is empty, and the stream's.
    void release();
    /// Forgets what was not sent yet: before a BYE that cuts a response short.
    void discard() { buffer_.clear(); }

    bool empty() const { return buffer_.empty(); }
    /// Octets written since the start, sent or not.
    std::uint64_t written() const { return written_; }
    void set_stream(Stream& stream) { stream_ = &stream; }

private:
    Stream* stream_;
    Wait* wait_;
    std::string buffer_;
    std::uint64_t written_ = 0;
};

} // namespace io
