// SPDX-License-Identifier: ISC
/// \file
/// Where a client's bytes come from and go to: a descriptor, or TLS over one.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "io/deadline.h"

namespace io {

/// Both directions of a connection. Implemented by `FdStream` here, by `Deflate`
/// over another one, and by `tls::Channel`. No function waits.
class Stream {
public:
    virtual ~Stream() = default;

    /// What was read; 0 at the end; nothing if none is there yet.
    /// Throws Disconnected when the connection has failed.
    virtual std::optional<std::size_t> read(std::span<char> into) = 0;

    /// How much was taken, perhaps none. Throws Disconnected.
    virtual std::size_t write(std::string_view bytes) = 0;

    /// The descriptors to wait on, and for what: POLLIN when reading, POLLOUT when
    /// writing, but TLS may want it the other way round.
    virtual int read_fd() const = 0;
    virtual int write_fd() const = 0;
    virtual short read_events() const;
    virtual short write_events() const;

    /// Passes on what was taken and kept back, as a compressor does. Whether nothing is
    /// left; if something is, wait until it is writable and call again.
    virtual bool flush() { return true; }
    /// Gives back what memory can be done without until the next call.
    virtual void release() {}

    /// Whether bytes wait above the descriptor, where poll(2) does not see them.
    virtual bool has_buffered() const { return false; }
};

/// A socket, or a pair of pipes (`--stdio`). The descriptors are borrowed and
/// their flags left alone: others may share them.
class FdStream final : public Stream {
public:
    FdStream(int read_fd, int write_fd) : read_fd_(read_fd), write_fd_(write_fd) {}

    std::optional<std::size_t> read(std::span<char> into) override;
    std::size_t write(std::string_view bytes) override;
    int read_fd() const override { return read_fd_; }
    int write_fd() const override { return write_fd_; }

private:
    int read_fd_;
    int write_fd_;
    bool write_is_socket_ = true; ///< until send(2) says otherwise
};

} // namespace io
