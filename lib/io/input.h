// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "io/stream.h"
#include "io/wait.h"

namespace io {

/// Bytes from a stream, through one buffer.
///
/// The buffer is given back when it is empty (`release`), so that an idle client
/// holds none.
class Input {
public:
    /// One read takes this much at most; what is buffered never grows past
    /// `max_buffered`, whoever sends without being listened to.
    static constexpr std::size_t read_size = 16384;
    static constexpr std::size_t max_buffered = 65536;

    explicit Input(Stream& stream) : stream_(&stream) {}

    /// What has arrived and was not consumed. Valid until the next call.
    std::string_view buffered() const
    {
        return std::string_view(buffer_).substr(start_);
    }
    void consume(std::size_t octets);
    /// Puts bytes in front of the rest: what another process had read already.
    void preload(std::string_view bytes);
    void release();

    enum class Fill {
        Data,        ///< at least one more octet is buffered
        End,         ///< the client has closed its side
        Timeout,     ///< the deadline passed
        Interrupted, ///< a signal came; look at its flag
        Full,        ///< `max_buffered` octets wait already
    };
    /// Reads what is there, without waiting; Timeout if nothing is.
    Fill poll();
    /// Waits for more until `deadline`, with the signals of `wait`'s mask let
    /// through; other descriptors of `wait` are not looked at.
    Fill fill(Wait& wait, Deadline deadline);

    Stream& stream() { return *stream_; }
    void set_stream(Stream& stream) { stream_ = &stream; }

private:
    Stream* stream_;
    std::string buffer_;
    std::size_t start_ = 0;
};

} // namespace io
