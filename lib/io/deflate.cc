// SPDX-License-Identifier: ISC
#include "io/deflate.h"

#include <array>
#include <new>

#include <zlib.h>

#include "io/disconnected.h"

namespace io {
namespace {

/// Negative: no zlib header (RFC 4978 §4). The largest window, since the other side
/// may use all of it.
constexpr int raw_window = -15;
/// zlib's own choice for level and memory is 6 and 8. The text of IMAP is so repetitive
/// that the higher levels take time and gain nothing.
constexpr int level = 3;
constexpr int memory_level = 8;
/// The furthest that DEFLATE refers back. RFC 1951 §2.
constexpr std::size_t max_history = 32768;
/// What inflate(3) has in `data_type` where a block may begin, and no bit is left of
/// the last octet.
constexpr int at_boundary = 128;

Bytef* octets(char* bytes)
{
    return reinterpret_cast<Bytef*>(bytes);
}

/// zlib's `next_in` is const with ZLIB_CONST only, which would have to be defined
/// wherever its header is included first. It reads through it and no more.
Bytef* octets(const char* bytes)
{
    return octets(const_cast<char*>(bytes));
}

void expect_success(int result)
{
    if (result == Z_MEM_ERROR)
        throw std::bad_alloc();
    if (result != Z_OK && result != Z_BUF_ERROR) // the latter: nothing could be done
        throw Disconnected{Disconnected::Reason::Failed};
}

} // namespace

void Deflate::EndInflate::operator()(z_stream_s* stream) const
{
    ::inflateEnd(stream);
    delete stream;
}

void Deflate::EndDeflate::operator()(z_stream_s* stream) const
{
    ::deflateEnd(stream);
    delete stream;
}

Deflate::~Deflate() = default;

void Deflate::begin_expanding()
{
    auto stream = std::make_unique<z_stream>();
    expect_success(inflateInit2(stream.get(), raw_window));
    expander_.reset(stream.release());
    if (!history_.empty())
        expect_success(::inflateSetDictionary(expander_.get(), octets(history_.data()),
                                              static_cast<uInt>(history_.size())));
    std::string().swap(history_);
}

void Deflate::begin_compressing()
{
    auto stream = std::make_unique<z_stream>();
    expect_success(deflateInit2(stream.get(), level, Z_DEFLATED, raw_window,
                                memory_level, Z_DEFAULT_STRATEGY));
    compressor_.reset(stream.release());
}

std::optional<std::size_t> Deflate::read(std::span<char> into)
{
    for (;;) {
        if (has_ended_)
            return 0;
        if (has_more_ || !received_.empty()) {
            if (const std::size_t n = expand(into); n > 0)
                return n;
            continue;
        }
        received_.resize(chunk);
        const auto n = below_->read(received_);
        received_.resize(n.value_or(0));
        if (!n || *n == 0)
            return n;
    }
}

std::size_t Deflate::expand(std::span<char> into)
{
    if (!expander_)
        begin_expanding();
    z_stream& stream = *expander_;
    stream.next_in = octets(received_.data());
    stream.avail_in = static_cast<uInt>(received_.size());
    stream.next_out = octets(into.data());
    stream.avail_out = static_cast<uInt>(into.size());
    const int result = ::inflate(&stream, Z_SYNC_FLUSH);
    has_ended_ = result == Z_STREAM_END;
    if (!has_ended_)
        expect_success(result);
    has_more_ = stream.avail_out == 0;
    is_boundary_ = stream.data_type == at_boundary;
    // Z_BUF_ERROR with octets left cannot be: there was room for what they give.
    received_.erase(0, received_.size() - stream.avail_in);
    return into.size() - stream.avail_out;
}

std::size_t Deflate::write(std::string_view bytes)
{
    if (!push())
        return 0;
    const std::string_view now = bytes.substr(0, chunk);
    compress(now, Z_NO_FLUSH);
    is_flushed_ = false;
    static_cast<void>(push());
    return now.size();
}

bool Deflate::flush()
{
    if (!push())
        return false;
    if (!is_flushed_) {
        compress({}, Z_SYNC_FLUSH);
        is_flushed_ = true;
    }
    return push() && below_->flush();
}

void Deflate::compress(std::string_view bytes, int how)
{
    if (!compressor_)
        begin_compressing();
    z_stream& stream = *compressor_;
    stream.next_in = octets(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::array<char, chunk> buffer;
    do { // until the output buffer is not filled: then nothing is left inside
        stream.next_out = octets(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        expect_success(::deflate(&stream, how));
        pending_.append(buffer.data(), buffer.size() - stream.avail_out);
    } while (stream.avail_out == 0);
}

/// Passes on what is compressed; whether nothing of it is left.
bool Deflate::push()
{
    std::size_t sent = 0;
    while (sent < pending_.size()) {
        const std::size_t n = below_->write(std::string_view(pending_).substr(sent));
        if (n == 0)
            break;
        sent += n;
    }
    pending_.erase(0, sent);
    return pending_.empty();
}

void Deflate::release()
{
    // After a sync flush nothing is left inside, and the next block may begin anew.
    if (is_flushed_)
        compressor_.reset();
    if (pending_.empty())
        std::string().swap(pending_);
    if (received_.empty())
        std::string().swap(received_);
    if (expander_ && is_boundary_ && !has_more_ && received_.empty()) {
        std::string history(max_history, '\0');
        auto size = static_cast<uInt>(history.size());
        expect_success(
            ::inflateGetDictionary(expander_.get(), octets(history.data()), &size));
        history_.assign(history, 0, size);
        expander_.reset();
    }
    below_->release();
}

bool Deflate::has_buffered() const
{
    return has_more_ || !received_.empty() || below_->has_buffered();
}

} // namespace io
