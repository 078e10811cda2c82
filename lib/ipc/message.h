// SPDX-License-Identifier: ISC
/// \file
/// What is inside a datagram: numbers and texts in a fixed order.
///
/// Sender and receiver are processes of one machine and one build, so numbers are
/// eight octets in the machine's order, and a text is its length and its octets.
/// There are no tags and no versions; each message type (`ipc/auth.h`,
/// `ipc/login.h`) begins with a number of its own, so that a datagram that lands on
/// the wrong channel is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ipc {

/// Puts a message together.
class MessageWriter {
public:
    MessageWriter& number(std::uint64_t value);
    MessageWriter& text(std::string_view value);
    /// The message. The writer is empty afterwards.
    std::string take() { return std::move(bytes_); }

private:
    std::string bytes_;
};

/// Takes a message apart. The bytes may be hostile: a field that is not there whole,
/// or is larger than its bound, reads as 0 or empty, and so do all that follow, and
/// `end` says so. Nothing read counts before `end` has succeeded.
class MessageReader {
public:
    /// `bytes` must outlive the reader.
    explicit MessageReader(std::string_view bytes) : rest_(bytes) {}

    std::uint64_t number();
    /// A number of at most `largest`: an enumerator, a port.
    std::uint64_t number(std::uint64_t largest);
    std::string text(std::size_t max_octets);
    /// Reads a number that must be `value`.
    void expect(std::uint64_t value);

    /// Whether every field was there and nothing is left. Error: Syntax.
    base::Status end() const;

private:
    std::string_view take(std::size_t octets);

    std::string_view rest_;
    bool whole_ = true;
};

} // namespace ipc
