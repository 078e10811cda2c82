// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "io/stream.h"

struct z_stream_s;

namespace io {

/// Raw DEFLATE (RFC 1951) in both directions over another stream.
///
/// What is written is kept back until `flush`, which ends it with a sync flush, so that
/// the other side can read all of it. Reading gives what was asked for at most: however
/// much a few octets unfold to, no more than the caller's buffer and one read of
/// compressed octets is ever held.
///
/// `release` gives the memory of both directions back, some 300 KB, between two
/// flushes: the compressor begins with an empty dictionary afterwards, and of what the
/// other side has sent only the 32 KB (or less) are kept that it may still refer to.
class Deflate final : public Stream {
public:
    /// One read of compressed octets, and one step of compressing, take this much.
    static constexpr std::size_t chunk = 8192;

    /// `below` must outlive it.
    explicit Deflate(Stream& below) : below_(&below) {}
    ~Deflate() override;
    Deflate(const Deflate&) = delete;
    Deflate& operator=(const Deflate&) = delete;

    /// Takes compressed octets that were read before this was made.
    void preload(std::string_view bytes) { received_ += bytes; }

    /// As `Stream::read`. An end of the compressed data is an end of the stream; what
    /// is no compressed data is a failed connection.
    std::optional<std::size_t> read(std::span<char> into) override;
    std::size_t write(std::string_view bytes) override;
    bool flush() override;
    void release() override;

    int read_fd() const override { return below_->read_fd(); }
    int write_fd() const override { return below_->write_fd(); }
    short read_events() const override { return below_->read_events(); }
    short write_events() const override { return below_->write_events(); }
    bool has_buffered() const override;

private:
    struct EndInflate {
        void operator()(z_stream_s* stream) const;
    };
    struct EndDeflate {
        void operator()(z_stream_s* stream) const;
    };

    std::size_t expand(std::span<char> into);
    void compress(std::string_view bytes, int how);
    bool push();
    void begin_expanding();
    void begin_compressing();

    Stream* below_;

    std::unique_ptr<z_stream_s, EndInflate> expander_;
    std::string history_;     ///< what the expander needs to know when it begins anew
    std::string received_;    ///< compressed, not expanded yet
    bool has_more_ = false;   ///< the last buffer was filled to its end
    bool is_boundary_ = true; ///< between two blocks, at an octet's end
    bool has_ended_ = false;

    std::unique_ptr<z_stream_s, EndDeflate> compressor_;
    std::string pending_;    ///< compressed, not taken yet by the stream below
    bool is_flushed_ = true; ///< nothing was written since the last sync flush
};

} // namespace io
