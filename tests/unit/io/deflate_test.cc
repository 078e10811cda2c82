// SPDX-License-Identifier: ISC
#include "io/deflate.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "io/disconnected.h"

namespace {

using io::Deflate;

/// One direction of a connection, in memory.
struct Pipe {
    std::string octets;
    bool is_closed = false;
};

/// Reads from one pipe and writes into another, so many octets at a time.
class PipeStream final : public io::Stream {
public:
    PipeStream(Pipe& in, Pipe& out) : in_(&in), out_(&out) {}

    std::optional<std::size_t> read(std::span<char> into) override
    {
        if (in_->octets.empty())
            return in_->is_closed ? std::optional<std::size_t>(0) : std::nullopt;
        const std::size_t n = std::min({into.size(), in_->octets.size(), at_a_time});
        in_->octets.copy(into.data(), n);
        in_->octets.erase(0, n);
        return n;
    }
    std::size_t write(std::string_view bytes) override
    {
        const std::string_view taken = bytes.substr(0, std::min(at_a_time, room));
        out_->octets += taken;
        room -= taken.size();
        return taken.size();
    }
    int read_fd() const override { return -1; }
    int write_fd() const override { return -1; }

    std::size_t at_a_time = 4096;
    std::size_t room = std::string::npos; ///< what it takes altogether

private:
    Pipe* in_;
    Pipe* out_;
};

/// A client and a server, each behind a compressor.
struct Pair {
    Pipe up;
    Pipe down;
    PipeStream client_end{down, up};
    PipeStream server_end{up, down};
    Deflate client{client_end};
    Deflate server{server_end};
};

void write_all(Deflate& stream, std::string_view bytes)
{
    while (!bytes.empty()) {
        const std::size_t n = stream.write(bytes);
        BOOST_REQUIRE(n > 0);
        bytes.remove_prefix(n);
    }
}

/// All that can be read without waiting.
std::string read_all(Deflate& stream, std::size_t at_a_time = 512)
{
    std::string all;
    std::string buffer(at_a_time, '\0');
    while (const auto n = stream.read(buffer)) {
        if (*n == 0)
            break;
        all.append(buffer, 0, *n);
    }
    return all;
}

/// Octets that do not compress, always the same ones.
std::string noise(std::size_t size)
{
    std::string text(size, '\0');
    std::uint32_t state = 1;
    for (char& c : text) {
        state = state * 1664525U + 1013904223U;
        c = static_cast<char>(state >> 24);
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(deflate)

BOOST_AUTO_TEST_CASE(what_was_flushed_can_be_read)
{
    Pair pair;
    write_all(pair.client, "a NOOP\r\n");
    BOOST_TEST(read_all(pair.server) == "");
    BOOST_TEST(pair.client.flush());
    BOOST_TEST(read_all(pair.server) == "a NOOP\r\n");
    write_all(pair.server, "a OK\r\n");
    BOOST_TEST(pair.server.flush());
    BOOST_TEST(read_all(pair.client, 1) == "a OK\r\n");
}

BOOST_AUTO_TEST_CASE(a_flush_of_nothing_sends_nothing)
{
    Pair pair;
    BOOST_TEST(pair.client.flush());
    BOOST_TEST(pair.up.octets.empty());
    write_all(pair.client, "x");
    BOOST_TEST(pair.client.flush());
    const auto sent = pair.up.octets.size();
    BOOST_TEST(pair.client.flush());
    BOOST_TEST(pair.up.octets.size() == sent);
}

BOOST_AUTO_TEST_CASE(octets_that_do_not_compress_come_through)
{
    Pair pair;
    const std::string sent = noise(300000);
    write_all(pair.server, sent);
    BOOST_TEST(pair.server.flush());
    BOOST_TEST((read_all(pair.client) == sent));
}

BOOST_AUTO_TEST_CASE(takes_no_more_while_the_stream_below_takes_nothing)
{
    Pair pair;
    pair.server_end.room = 10;
    const std::string sent = noise(200000);
    std::size_t taken = 0;
    while (const std::size_t n =
               pair.server.write(std::string_view(sent).substr(taken)))
        taken += n;
    BOOST_TEST(taken < 20 * Deflate::chunk); // zlib itself holds back 64 KB or so
    BOOST_TEST(!pair.server.flush());
    pair.server_end.room = std::string::npos;
    write_all(pair.server, std::string_view(sent).substr(taken));
    BOOST_TEST(pair.server.flush());
    BOOST_TEST((read_all(pair.client) == sent));
}

BOOST_AUTO_TEST_CASE(a_few_octets_that_unfold_to_megabytes_come_as_they_are_asked_for)
{
    Pair pair;
    const std::string megabytes(std::size_t{8} << 20, 'a');
    write_all(pair.client, megabytes);
    BOOST_TEST(pair.client.flush());
    BOOST_TEST(pair.up.octets.size() < 64U << 10);
    std::array<char, 100> buffer;
    BOOST_TEST(pair.server.read(buffer).value() == 100U);
    BOOST_TEST(pair.server.has_buffered());
    BOOST_TEST(read_all(pair.server, 8192).size() == megabytes.size() - 100);
    BOOST_TEST(!pair.server.has_buffered());
}

BOOST_AUTO_TEST_CASE(goes_on_after_its_memory_was_given_back)
{
    Pair pair;
    const std::string line =
        "* 12345 FETCH (FLAGS (\\Seen) UID 12345)\r\n" + noise(500);
    for (int i = 0; i < 5; ++i) { // what comes later refers to what came before
        write_all(pair.client, line);
        BOOST_TEST(pair.client.flush());
        BOOST_TEST((read_all(pair.server) == line));
        pair.server.release();
        write_all(pair.server, line);
        BOOST_TEST(pair.server.flush());
        pair.server.release();
        BOOST_TEST((read_all(pair.client) == line));
    }
    write_all(pair.client, noise(100000)); // longer than what can be referred to
    BOOST_TEST(pair.client.flush());
    BOOST_TEST(read_all(pair.server).size() == 100000U);
    pair.server.release();
    write_all(pair.client, noise(100000));
    BOOST_TEST(pair.client.flush());
    BOOST_TEST((read_all(pair.server) == noise(100000)));
}

BOOST_AUTO_TEST_CASE(gives_no_memory_back_in_the_middle_of_something)
{
    Pair pair;
    write_all(pair.client, "a NOOP\r\nb NOOP\r\n");
    BOOST_TEST(pair.client.flush());
    pair.server_end.at_a_time = 1;
    std::array<char, 1> buffer;
    std::string got;
    for (;;) {
        const auto n = pair.server.read(buffer);
        if (!n)
            break;
        got += buffer[0];
        pair.server.release();
    }
    BOOST_TEST(got == "a NOOP\r\nb NOOP\r\n");
    write_all(pair.server, "unflushed");
    pair.server.release();
    BOOST_TEST(pair.server.flush());
    BOOST_TEST(read_all(pair.client) == "unflushed");
}

BOOST_AUTO_TEST_CASE(begins_with_what_was_read_before)
{
    Pair pair;
    write_all(pair.client, "a NOOP\r\n");
    BOOST_TEST(pair.client.flush());
    Deflate later(pair.server_end);
    later.preload(std::exchange(pair.up.octets, {}));
    BOOST_TEST(later.has_buffered());
    BOOST_TEST(read_all(later) == "a NOOP\r\n");
}

BOOST_AUTO_TEST_CASE(ends_where_the_other_side_ends)
{
    Pair pair;
    write_all(pair.client, "x");
    BOOST_TEST(pair.client.flush());
    pair.up.is_closed = true;
    std::array<char, 10> buffer;
    BOOST_TEST(pair.server.read(buffer).value() == 1U);
    BOOST_TEST(pair.server.read(buffer).value() == 0U);

    // An empty final block: RFC 1951 §3.2.3.
    Deflate ended(pair.server_end);
    ended.preload(std::string("\x03\x00more", 6));
    BOOST_TEST(ended.read(buffer).value() == 0U);
    BOOST_TEST(ended.read(buffer).value() == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_not_compressed_is_a_failed_connection)
{
    Pair pair;
    Deflate plain(pair.server_end);
    plain.preload("\xff\xff\xff a NOOP\r\n");
    std::array<char, 10> buffer;
    BOOST_CHECK_EXCEPTION(static_cast<void>(plain.read(buffer)), io::Disconnected,
                          [](const io::Disconnected& gone) {
                              return gone.reason == io::Disconnected::Reason::Failed;
                          });
}

BOOST_AUTO_TEST_SUITE_END()
